# Ready means that the endpoint answers (ready-ENDPOINT.sh). WANTED: a line of fields each: name, token, endpoint (the kind that it is),
# kind of its place and mac; of a VF that the server's driver has, also netdev, and rx_usecs where that is not to hold back interrupts
# as it does by itself. Those that have answered since they were made are not asked again. SECONDS_LIMIT bounds all of it.
# shellcheck shell=sh disable=SC2154
. ./proof.sh
. ./ready-vm.sh
. ./ready-host.sh
: "${ACTION:?}" "${OWNER:?}" "${BRIDGE=}" "${WANTED:?}"
# in_time WHAT: whether there is time left; else $late says what did not come in time.
in_time() {
  late="$name $1 after $SECONDS_LIMIT s (readyWithinSeconds)"
  [ "$(date +%s)" -lt "$deadline" ]
}
# hold_back_none ENTER…: the words enter where the interface is. A driver forgets it whenever its interface comes up, so it is told last.
hold_back_none() {
  [ -n "$rx_usecs" ] || return 0
  answer=$("$@" ethtool -C "$netdev" rx-usecs "$rx_usecs" 2>&1) || fail "$name: $netdev cannot be told to hold back no interrupts (rx-usecs $rx_usecs): $answer"
}
await() {
  "ready_$endpoint"
  require_lease
  TOKEN=$token mark "$endpoint-$name" "$("${endpoint}_proof" "$name")"
}
case $ACTION in
  create | update)
    require_lease
    deadline=$(($(date +%s) + SECONDS_LIMIT)) count=0
    while read -r line; do
      [ -n "$line" ] || continue
      netdev='' rx_usecs=''
      read_fields "$line"
      count=$((count + 1))
      if [ "$(token_of "$endpoint-$name")" != "$token" ] || ! holds "$endpoint-$name"; then await < /dev/null; fi
    done <<EOF2
$WANTED
EOF2
    echo "$count ready"
    ;;
  delete)
    leave_to_tenant
    while read -r line; do
      [ -n "$line" ] || continue
      read_fields "$line"
      unmark "$endpoint-$name"
    done <<EOF2
$WANTED
EOF2
    ;;
esac
