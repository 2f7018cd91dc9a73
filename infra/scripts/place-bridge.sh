# A VM's place on the bridge. Fields: pf, the bridge's port; mac of the VM; peer_mac of the VM that it talks to; self, whether the NIC
# must have the VM's address in its filter (yes, no).
# shellcheck shell=sh disable=SC2154,SC2329
prepare_bridge() {
  [ "$(name_at "$SYS/class/net/$pf/master")" = "$BRIDGE" ] || fail "$name: $pf is not in the bridge $BRIDGE; run the same again: the next one makes it anew"
  # The port learns nothing (bridge.sh), so it is told who is behind it: else what a VM sends there would go to all VMs.
  bridge fdb replace "$peer_mac" dev "$pf" master static
  if [ "$self" = yes ]; then bridge fdb replace "$mac" dev "$pf" self permanent || fail "$name: $pf takes no more address filters"; fi
}
await_bridge() { :; }
finish_bridge() { :; }
release_bridge() {
  if [ "$self" = yes ]; then bridge fdb del "$mac" dev "$pf" self 2> /dev/null || :; fi
  bridge fdb del "$peer_mac" dev "$pf" master 2> /dev/null || :
}
