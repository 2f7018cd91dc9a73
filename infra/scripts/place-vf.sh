# A VM's place on a VF. Fields: pf; its number vf, pci address, vf_mac, vlan, trust and spoofchk; mac of the VM; netdev, what its
# interface is to be called, empty where the VM needs none.
# shellcheck shell=sh disable=SC2030,SC2031,SC2154,SC2329
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
has_interface() { [ -n "$(ls "$(vf_path "$pf" "$vf")/net" 2> /dev/null)" ]; }
await_vf() { if [ -n "$netdev" ]; then wait_for 30 "the network interface of VF $vf of $pf, for $name" has_interface; fi; }
finish_vf() {
  [ -n "$netdev" ] || return 0
  for interface in "$(vf_path "$pf" "$vf")"/net/*; do
    problem=$(rename "${interface##*/}" "$netdev")
    [ -z "$problem" ] || fail "$name: VF $vf of $pf: $problem; whoever manages interfaces there (NetworkManager, systemd-networkd) must leave VFs alone"
  done
}
release_vf() {
  nic_is_as_made "$pf" || return 0
  used=$(look_for_holders; vf_in_use "$pf" "$vf")
  before=$(vf_before "$pf" "$vf")
  if [ -n "$used" ]; then
    say "VF $vf of $pf, which was $name's, stays as it is: $(sentences_of "$used")"
  elif [ -n "$before" ]; then
    restore_vfs "$pf" "$before"
  else
    path=$(vf_path "$pf" "$vf")
    problem=$(unbind_vf "$path"; set_vf "$pf" "$vf" "vlan=0 spoofchk=on trust=off" || :)
    [ -z "$problem" ] || say "$problem"
  fi
}
