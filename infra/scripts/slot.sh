# The place of one VM on its server: no old domain in the way, and what its driver attaches it to made ready. On stdout:
# the attachment point as JSON. KIND is bridge or vf; DESIGN changes with the VM's definition, and the slot with it.
drop_domain() {
  state=$(virsh -q domstate "$NAME" 2> /dev/null) || return 0
  [ "$state" = "shut off" ] || virsh -q destroy "$NAME" > /dev/null
  virsh -q undefine "$NAME" > /dev/null
}
vf_path() { readlink -f "/sys/class/net/$PF/device/virtfn$VF"; }
driver_of() { basename "$(readlink "$1/driver" 2> /dev/null)" 2> /dev/null || :; }
unbind() { if [ -e "$1/driver" ]; then basename "$1" > "$1/driver/unbind"; fi; }
has_netdev() { [ -n "$(ls "$1/net" 2> /dev/null)" ]; }
show() {
  if [ "$KIND" = bridge ]; then printf '{"bridge":"%s"}\n' "$BRIDGE"; return; fi
  path=$(vf_path)
  printf '{"vf":{"pci":"%s","netdev":"%s","driver":"%s"}}\n' "$(basename "$path")" "$(cat "$RUN/vf-$NAME.netdev")" "$(cat "$RUN/vf-$NAME.driver")"
}
case $ACTION in
  create)
    drop_domain
    mkdir -p "$RUN"
    if [ "$KIND" = bridge ]; then
      # Frames for the VM that come from a VF of the same NIC reach the PF only when the NIC knows the address as its own.
      bridge fdb replace "$MAC" dev "$PF" self permanent
    else
      path=$(vf_path)
      [ -e "$path" ] || fail "VF $VF of $PF is not there"
      [ "$(driver_of "$path")" != vfio-pci ] || fail "VF $VF of $PF ($(basename "$path")) is in the hands of another VM"
      unbind "$path"
      ip link set "$PF" vf "$VF" mac "$VF_MAC"
      if [ -n "$VF_TRUST" ]; then ip link set "$PF" vf "$VF" trust "$VF_TRUST" spoofchk "$VF_SPOOFCHK"; fi
      basename "$path" > /sys/bus/pci/drivers_probe
      wait_for 30 "the network interface of VF $VF of $PF" has_netdev "$path"
      udevadm settle --timeout=30 # the interface comes as eth0 and is renamed
      ls "$path/net" | head -1 > "$RUN/vf-$NAME.netdev"
      driver_of "$path" > "$RUN/vf-$NAME.driver"
    fi
    show
    ;;
  update) show ;;
  delete)
    unmark "vm-$NAME"
    drop_domain
    rm -f "/var/log/libvirt/qemu/$NAME-serial.log" "/var/log/libvirt/qemu/$NAME.log"
    if [ "$KIND" = bridge ]; then
      bridge fdb del "$MAC" dev "$PF" self 2> /dev/null || :
    else
      rm -f "$RUN/vf-$NAME.netdev" "$RUN/vf-$NAME.driver"
      path=$(vf_path)
      if [ -e "$path" ]; then
        unbind "$path"
        if [ -n "$VF_TRUST" ]; then ip link set "$PF" vf "$VF" trust off spoofchk on; fi
      fi
    fi
    ;;
esac
