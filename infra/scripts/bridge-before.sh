# The bridge that this testbed makes is written down before it is made, with a name that nobody else gives; then with the index that it
# has; and only then it gets its name. So a bridge of that name which is not written down is somebody else's.
# shellcheck shell=sh disable=SC2030,SC2031
. ./before.sh

# forget_bridge BRIDGE: with what was made under its first name, where somebody was ended before it had its own.
forget_bridge() {
  if is_of_this_boot "$BEFORE/bridge-$1"; then
    first_name=$(value_of made "$BEFORE/bridge-$1")
    if [ -n "$first_name" ] && [ -e "$SYS/class/net/$first_name" ]; then
      try 10 ip link del "$first_name" || { say "$first_name, from which the bridge $1 was to be made, could not be removed: $answer"; return 1; }
    fi
  fi
  rm -f "$BEFORE/bridge-$1"
}
# make_bridge BRIDGE PF: what could not be made is told and is not written down.
make_bridge() {
  file=$BEFORE/bridge-$1
  forget_bridge "$1" || exit 1
  first_name=rttb$(od -An -N 4 -tx1 /dev/urandom | tr -d ' ')
  { mkdir -p "$BEFORE" && printf '%s\n' "boot=$BOOT_ID" "pf=$2" "made=$first_name" ifindex= > "$file"; } || fail "$BEFORE cannot be written, so nothing was changed"
  if answer=$(ip link add "$first_name" type bridge 2>&1) &&
    set_value "$file" ifindex "$(line_of "$SYS/class/net/$first_name/ifindex")" &&
    try 10 ip link set dev "$first_name" name "$1"; then return; fi
  problem=${answer:-$file cannot be written}
  forget_bridge "$1" || :
  forget_folders
  fail "the bridge $1 could not be made: $problem"
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
  if bridge_is_ours "$1"; then
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
  forget_bridge "$1" || :
  return 1
}
