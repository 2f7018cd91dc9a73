# The places of all VMs on their server: no old domain in the way, and what a driver attaches its VM to made ready.
# WANTED is all of them, a line a VM: name, token, bridge or vf, PF, VF, its interface's name here, its PCI address, the
# VM's MAC, the VF's MAC, trust, spoof check, VLAN, MAC of the VM that it talks to, whether the NIC must have its address in its filter (yes, no); "-" is what the NIC has by itself. ACTION=create
# begins with nothing; ACTION=update removes what is not wanted in just this way and leaves the rest alone, so it serves to grow,
# shrink and change. It, and not libvirt's provider, removes domains: it can whatever an interrupted update or a reboot left.
SLOTS=$RUN/slots
fields='name token kind pf vf netdev pci mac vf_mac trust spoofchk vlan peer_mac self'
vf_path() { readlink -f "/sys/class/net/$pf/device/virtfn$vf" || :; }
driver_of() { basename "$(readlink "$1/driver" 2> /dev/null)" 2> /dev/null || :; }
unbind() { if [ -e "$1/driver" ]; then basename "$1" > "$1/driver/unbind"; fi; }
has_netdev() { [ -n "$(ls "$1/net" 2> /dev/null)" ]; }
record() { printf '%s\n' "$1" > "$RUN/slot.tmp"; mv "$RUN/slot.tmp" "$SLOTS/$name"; }

# drop_domains NAME…: ends and forgets those that there are, all with one virsh.
drop_domains() {
  commands=
  domains=$(virsh -q list --all)
  for name; do
    state=$(printf '%s\n' "$domains" | awk -v name="$name" '$2 == name { print $3 }')
    case $state in
      '') ;;
      shut) commands="$commands undefine --managed-save $name;" ;;
      *) commands="$commands destroy $name; undefine --managed-save $name;" ;;
    esac
  done
  [ -n "$commands" ] || return 0
  said=$(virsh -q "$commands" 2>&1) || :
  left=$(virsh -q list --all --name)
  for name; do
    if printf '%s\n' "$left" | grep -qx "$name"; then fail "$name could not be removed: $said"; fi
  done
}

# release LINE: gives back what a VM was attached to, once its domain is gone.
release() {
  read -r $fields <<EOF2
$1
EOF2
  rm -f "/var/log/libvirt/qemu/$name-serial.log" "/var/log/libvirt/qemu/$name.log"
  if [ "$kind" = bridge ]; then
    if [ "$self" = yes ]; then bridge fdb del "$mac" dev "$pf" self 2> /dev/null || :; fi
    bridge fdb del "$peer_mac" dev "$pf" master 2> /dev/null || :
  elif [ -e "$(vf_path)" ]; then
    unbind "$(vf_path)"
    if [ "$trust" != - ]; then ip link set "$pf" vf "$vf" trust off spoofchk on; fi
    if [ "$vlan" != 0 ]; then ip link set "$pf" vf "$vf" vlan 0; fi
  fi
  rm -f "$SLOTS/$name"
}

prepare() {
  # Whatever ends this script on the way, the next one finds the slot, unfinished, and releases it.
  record "$name unfinished $kind $pf $vf $netdev $pci $mac $vf_mac $trust $spoofchk $vlan $peer_mac $self"
  if [ "$kind" = bridge ]; then
    # What the NIC itself switches reaches the PF only when the NIC has the address as its own.
    if [ "$self" = yes ]; then bridge fdb replace "$mac" dev "$pf" self permanent; fi
    # The port learns nothing (bridge.sh), so it is told who is behind it: else what a VM sends there would go to all VMs.
    bridge fdb replace "$peer_mac" dev "$pf" master static
    return
  fi
  path=$(vf_path)
  [ -e "$path" ] || fail "VF $vf of $pf is not there; run the same again: the next one makes what is missing"
  [ "$(basename "$path")" = "$pci" ] || fail "VF $vf of $pf is at $(basename "$path") and not at $pci, as $pf said before it had VFs; run the same again, now that they are there"
  [ "$(driver_of "$path")" != vfio-pci ] || fail "VF $vf of $pf ($pci), wanted for $name, is in the hands of a VM that is not ours (virsh list); end that one, or give fewer vfs to this testbed"
  unbind "$path"
  ip link set "$pf" vf "$vf" mac "$vf_mac"
  if [ "$trust" != - ]; then ip link set "$pf" vf "$vf" trust "$trust" spoofchk "$spoofchk"; fi
  if [ "$vlan" != 0 ]; then ip link set "$pf" vf "$vf" vlan "$vlan"; fi
  basename "$path" > /sys/bus/pci/drivers_probe
}

vf_is_bound() { if [ "$kind" = vf ]; then wait_for 30 "the network interface of VF $vf of $pf" has_netdev "$(vf_path)"; fi; }

finish() {
  if [ "$kind" = vf ]; then
    there=$(ls "$(vf_path)/net" | head -1)
    if [ "$there" != "$netdev" ]; then ip link set dev "$there" down; ip link set dev "$there" name "$netdev"; fi
  fi
  record "$line"
}

# each_new COMMAND: runs it for every VM that is wanted and not finished yet, with its fields as variables.
each_new() {
  while read -r line; do
    [ -n "$line" ] || continue
    read -r $fields <<EOF3
$line
EOF3
    [ "$(cat "$SLOTS/$name" 2> /dev/null)" = "$line" ] || "$@" < /dev/null
  done <<EOF4
$WANTED
EOF4
}

# remove_unwanted WANTED: all that is not in it, line by line.
remove_unwanted() {
  unwanted=
  for slot in "$SLOTS"/*; do
    [ -f "$slot" ] || continue
    printf '%s\n' "$1" | grep -qxF "$(cat "$slot")" || unwanted="$unwanted $(basename "$slot")"
  done
  # Domains of ours that have no slot: a reboot took the slots and left the definitions.
  domains=$(virsh -q list --all --name)
  for name in $(printf '%s\n' "$domains" | grep -E '^rtt-(main|bg-[0-9]+)$' || :); do
    [ -e "$SLOTS/$name" ] || unwanted="$unwanted $name"
  done
  [ -n "$unwanted" ] || return 0
  for name in $unwanted; do
    rm -f "$RUN/vm-$name"
    case $name in rtt-bg-*) rm -f "$RUN/load" ;; esac # a fleet that has changed has its load started again
  done
  drop_domains $unwanted
  for slot in $unwanted; do if [ -e "$SLOTS/$slot" ]; then release "$(cat "$SLOTS/$slot")"; fi; done
}

alone
mkdir -p "$SLOTS"
case $ACTION in
  create | update)
    if [ "$ACTION" = create ]; then remove_unwanted ''; else remove_unwanted "$WANTED"; fi
    each_new prepare
    each_new vf_is_bound
    udevadm settle --timeout=30 # an interface comes as eth0 and is renamed
    each_new finish
    ls "$SLOTS" | wc -l
    ;;
  delete)
    remove_unwanted ''
    rm -rf "$SLOTS"
    ;;
esac
