#!/bin/sh
# The plain way to another driver, on one server: DEFINITION is the new Main VM's, NAME its name. What was the Main VM is ended, the VF
# gets its address, the new VM is started, and its agent has answered when this ends. Nothing is looked at, written down or put back.
# MAC is the VM's, PEER_MAC that of the VM that it talks to; VF is the number of its VF of PF, or empty where it is on BRIDGE.
set -eu
export LIBVIRT_DEFAULT_URI=qemu:///system
log=/var/log/libvirt/qemu/$NAME-serial.log
virsh -q "destroy $NAME; undefine $NAME"
rm -f "$log"
if [ -n "$VF" ]; then
  vf=$(readlink -f "/sys/class/net/$PF/device/virtfn$VF")
  if [ -e "$vf/driver" ]; then echo "${vf##*/}" > "$vf/driver/unbind"; fi
  ip link set dev "$PF" vf "$VF" mac "$MAC"
else
  bridge fdb replace "$PEER_MAC" dev "$PF" master static
  bridge fdb replace "$MAC" dev "$PF" self permanent
fi
printf '%s\n' "$DEFINITION" > "/run/$NAME.xml"
virsh -q "define /run/$NAME.xml; start $NAME"
rm "/run/$NAME.xml"
until grep -aq LAB-READY "$log"; do sleep 0.25; done
until virsh -q qemu-agent-command --timeout 5 "$NAME" '{"execute":"guest-ping"}' > /dev/null 2>&1; do sleep 0.25; done
