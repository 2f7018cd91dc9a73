# What a thing on the server says of itself that another thing of its name would not say: a mark holds while its proof does. The
# kernel never gives an inode of /sys or an interface's index twice in one boot.
# shellcheck shell=sh
. ./in-use.sh

# nic_proof PF: of its interface and of each of its VFs.
nic_proof() {
  echo "$(boot_id) $(cat "$SYS/class/net/$1/ifindex") $(stat -L -c %i "$SYS/class/net/$1/device" "$SYS/class/net/$1/device"/virtfn* 2> /dev/null | paste -s -d ' ' -)"
}
# nic_is_as_made PF: whether the VFs are still those that this testbed made or found.
nic_is_as_made() {
  [ -e "$SYS/class/net/$1" ] && [ -f "$BEFORE/nic-$1" ] && [ "$(value_of proof "$BEFORE/nic-$1")" = "$(nic_proof "$1")" ]
}
# bridge_proof BRIDGE: of the bridge, and of the port in it.
bridge_proof() {
  port=$(value_of pf "$BEFORE/bridge-$1")
  if bridge_is_ours "$1" && [ -e "$SYS/class/net/$1/brif/$port" ]; then
    echo "$(cat "$SYS/class/net/$1/ifindex") $(cat "$SYS/class/net/$port/ifindex") $(cat "$SYS/class/net/$1/brif/$port/learning" 2> /dev/null)"
  fi
}
# vm_proof NAME: of its process; a number of a process may come again, with another time of its beginning.
vm_proof() {
  pid=$(cat "$LIBVIRT_RUN/$1.pid" 2> /dev/null) || return 0
  sed -n 's/^.*) //p' "$PROC/$pid/stat" 2> /dev/null | awk -v pid="$pid" '{ print pid, $20 }'
}
# holds LAYER: whether what has this mark is still there.
holds() {
  case $1 in
    nic-*) there=$(nic_proof "${1#nic-}" 2> /dev/null) ;;
    bridge-*) there=$(bridge_proof "${1#bridge-}") ;;
    vm-*) there=$(vm_proof "${1#vm-}") ;;
    *) return 0 ;;
  esac
  [ -n "$there" ] && [ "$there" = "$(sed -n 2p "$RUN/$1")" ]
}
# made_already LAYER: whether this very deployment's is there: the same command again has nothing to do.
made_already() { [ "$(token_of "$1")" = "$TOKEN" ] && holds "$1"; }
