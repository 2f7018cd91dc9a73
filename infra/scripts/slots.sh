# The places of all VMs on their server: no old domain in the way, and what a driver attaches its VM to made ready.
# WANTED is all of them, a line of fields a VM: name, token, kind (bridge or vf), pf, mac of the VM, peer_mac of the VM that it talks to;
# on a bridge: self, whether the NIC must have the VM's address in its filter (yes, no); of a VF: its number vf, pci address, vf_mac,
# vlan, trust and spoofchk, and netdev, what its interface is to be called, empty where the VM needs none. ACTION=create begins with nothing; ACTION=update removes what is not wanted in just this way and leaves
# the rest alone, so it serves to grow, shrink and change. It, and not libvirt's provider, removes domains: it can whatever an
# interrupted update or a reboot left.
# shellcheck shell=sh disable=SC2030,SC2031,SC2154
. ./places.sh
: "${ACTION:?}" "${BRIDGE:?}" "${OWNER:?}" "${WANTED=}"

record() { printf '%s\n' "$1" > "$RUN/slot.tmp"; mv "$RUN/slot.tmp" "$SLOTS/$name"; }

prepare_vf() {
  path=$(vf_path "$pf" "$vf")
  [ -e "$path" ] || fail "$name: VF $vf of $pf is not there; run the same again: the next one makes what is missing"
  [ "${path##*/}" = "$pci" ] || fail "$name: VF $vf of $pf is at ${path##*/} and not at $pci, as $pf said before it had VFs; run the same again, now that they are there"
  nic_is_as_made "$pf" || fail "$name: the VFs of $pf are not those that were made or found; run the same again: the next one looks them over anew"
  refuse_used "$(vf_in_use "$pf" "$vf")" "$name cannot have its VF"
  if [ -n "$netdev" ] && [ -e "$SYS/class/net/$netdev" ] && [ ! -e "$path/net/$netdev" ]; then
    fail "$name: an interface of the name $netdev is there, and is not that of VF $vf of $pf; rename it (ip link set dev $netdev name …)"
  fi
  interface=$(interface_of "$path")
  problem=$(unbind_vf "$path")
  [ -z "$problem" ] || fail "$name: VF $vf of $pf (${interface:-no interface}): $problem; once its driver has ended what it does, run the same again"
  # What the NIC does by itself is part of what is measured: an old setting of somebody's is no part of it.
  problem=$(set_vf "$pf" "$vf" "mac=$vf_mac vlan=$vlan qos=0 spoofchk=${spoofchk:-on} trust=${trust:-off} state=auto max_tx_rate=0 min_tx_rate=0") ||
    fail "$name: $problem; where the driver of $pf cannot ($(name_at "$SYS/class/net/$pf/device/driver")), macvtap-passthrough and pci-passthrough need neither trust nor a VLAN"
  if [ -n "$netdev" ]; then
    problem=$(bind_network_driver "$path")
    [ -z "$problem" ] || fail "$name: VF $vf of $pf ($pci) needs its interface on the server, and $problem; load its driver ($(modprobe -R "$(line_of "$path/modalias")" 2> /dev/null | paste -s -d ' ' -)) and take it off any blacklist, or use pci-passthrough"
  fi
}

prepare() {
  refuse_used "$(domains_in_use "$name")" "$name cannot be made"
  # Whatever ends this script on the way, the next one finds the place, unfinished, and releases it.
  record "unfinished=yes $line"
  if [ "$kind" = bridge ]; then
    [ "$(name_at "$SYS/class/net/$pf/master")" = "$BRIDGE" ] || fail "$name: $pf is not in the bridge $BRIDGE; run the same again: the next one makes it anew"
    # The port learns nothing (bridge.sh), so it is told who is behind it: else what a VM sends there would go to all VMs.
    bridge fdb replace "$peer_mac" dev "$pf" master static
    if [ "$self" = yes ]; then bridge fdb replace "$mac" dev "$pf" self permanent || fail "$name: $pf takes no more address filters"; fi
  else prepare_vf; fi
}

has_interface() { [ -n "$(ls "$(vf_path "$pf" "$vf")/net" 2> /dev/null)" ]; }
await_interface() { if [ "$kind" = vf ] && [ -n "$netdev" ]; then wait_for 30 "the network interface of VF $vf of $pf, for $name" has_interface; fi; }
finish() {
  if [ "$kind" = vf ] && [ -n "$netdev" ]; then
    for interface in "$(vf_path "$pf" "$vf")"/net/*; do
      problem=$(rename "${interface##*/}" "$netdev")
      [ -z "$problem" ] || fail "$name: VF $vf of $pf: $problem; whoever manages interfaces there (NetworkManager, systemd-networkd) must leave VFs alone"
    done
  fi
  record "$line"
}

# each_new COMMAND: runs it for every VM that is wanted and not finished yet, with its fields as variables.
each_new() {
  while read -r line; do
    [ -n "$line" ] || continue
    read_fields "$line"
    [ "$(line_of "$SLOTS/$name")" = "$line" ] || "$@" < /dev/null
  done <<EOF2
$WANTED
EOF2
}

# unwanted_places LINES: all that are not in it, line by line.
unwanted_places() {
  places=$(all_places)
  for name in $places; do
    if [ ! -f "$SLOTS/$name" ] || ! printf '%s\n' "$1" | grep -qxF "$(line_of "$SLOTS/$name")"; then echo "$name"; fi
  done
}

alone
look_for_holders
case $ACTION in
  create | update)
    require_lease
    mkdir -p "$SLOTS"
    keep=$WANTED
    if [ "$ACTION" = create ]; then keep=; fi
    places=$(unwanted_places "$keep")
    # shellcheck disable=SC2086 # names without spaces
    drop_places $places
    look_for_holders
    each_new prepare
    each_new await_interface
    udevadm settle --timeout=30 || : # an interface comes as eth0 and is renamed
    each_new finish
    find "$SLOTS" -type f | wc -l
    ;;
  delete)
    leave_to_tenant
    places=$(all_places)
    # shellcheck disable=SC2086
    drop_places $places
    rm -rf "$SLOTS"
    ;;
esac
