# The bridge that this testbed makes is written down before it is made, then with the index that it has.
# shellcheck shell=sh disable=SC2030,SC2031
. ./before.sh

# is_left BRIDGE: whoever was ended between making the bridge and writing its index down has left one that nobody has used.
is_left() {
  [ -e "$SYS/class/net/$1" ] && is_of_this_boot "$BEFORE/bridge-$1" && [ -z "$(value_of ifindex "$BEFORE/bridge-$1")$(ports_of "$1")" ] &&
    see_addresses "$1" && [ -z "$found" ]
}
# bridge_guests BRIDGE: who has put what on it beside the port that we gave it, and would lose it with the bridge.
bridge_guests() {
  look_for_holders
  given=$(called_now "$(value_of pf "$BEFORE/bridge-$1")")
  for port in $(ports_of "$1"); do
    if [ "$port" != "$given" ]; then echo "guest the bridge $1 has the port $port $(about "$port")"; fi
  done
  interface_in_use "$1" "the bridge $1" ''
}
# remove_bridge BRIDGE: if it is ours and ours alone; a port that was put elsewhere since is no matter of it. The status is 1 where it
# was not removed, which is said, or was not there.
remove_bridge() {
  if bridge_is_ours "$1" || is_left "$1"; then
    guests=$(bridge_guests "$1")
    if [ -n "$guests" ]; then
      say "the bridge $1 stays until nobody else has it: $(sentences_of "$guests")"
      return 1
    fi
    try 10 ip link del "$1" || { say "the bridge $1 could not be removed: $answer"; return 1; }
    rm -f "$BEFORE/bridge-$1"
    return
  fi
  if [ -e "$SYS/class/net/$1" ]; then say "$(sentences_of "$(bridge_in_use "$1")"); it is left alone"; fi
  rm -f "$BEFORE/bridge-$1"
  return 1
}
