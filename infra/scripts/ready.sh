# Ready means that the guest answered: its init says so on the console, then its agent is asked. WANTED: a line of fields a VM:
# name, token, kind of its place (bridge, vf) and mac; of a VF that the server's driver has, also netdev, and rx_usecs where that is not
# to hold back interrupts as it does by itself. Those that have answered since they were made are not asked again.
# SECONDS_LIMIT bounds all of it.
# shellcheck shell=sh disable=SC2154
. ./proof.sh
: "${ACTION:?}" "${OWNER:?}" "${BRIDGE=}" "${WANTED:?}"
log_of() { echo "$LIBVIRT_LOG/$1-serial.log"; }
booted() { grep -aqE 'LAB-(READY|ERROR)' "$(log_of "$1")" 2> /dev/null; }
running() { [ "$(virsh -q domstate "$1" 2> /dev/null)" = running ]; }
answers() { virsh -q qemu-agent-command --timeout 5 "$1" '{"execute":"guest-ping"}' > /dev/null 2>&1; }
ending() { tail -c 400 "$(log_of "$1")" 2> /dev/null; }
in_time() { [ "$(date +%s)" -lt "$deadline" ] || fail "$name $1 after $SECONDS_LIMIT s (readyWithinSeconds); its console ends with: $(ending "$name")"; }

# A bridge learns where a VM is from what it sends, and one that only receives sends nothing: what is for it would go to all.
# libvirt gives a VM's tap the VM's address with fe at its beginning. Taps of others may have the same, in a bridge of theirs.
tell_bridge() {
  for tap in "$SYS/class/net/$BRIDGE/brif"/*; do
    tap=$SYS/class/net/${tap##*/}
    if [ "$(line_of "$tap/address")" = "fe:${mac#*:}" ]; then bridge fdb replace "$mac" dev "${tap##*/}" master static; fi
  done
}

await() {
  polls=0
  until booted "$name"; do
    polls=$((polls + 1))
    if [ $((polls % 20)) = 0 ]; then running "$name" || fail "$name has stopped; its console ends with: $(ending "$name")"; fi
    in_time "was not ready"
    sleep 0.25
  done
  if grep -aq LAB-ERROR "$(log_of "$name")"; then fail "$name: $(grep -a LAB-ERROR "$(log_of "$name")" | tail -n 1 | tr -d '\r')"; fi
  until answers "$name"; do in_time "has booted, and its guest agent did not answer"; sleep 0.25; done
  if [ "$kind" = bridge ]; then tell_bridge; fi
  # A driver forgets it whenever its interface comes up, so it is told last.
  if [ -n "$rx_usecs" ]; then
    answer=$(ethtool -C "$netdev" rx-usecs "$rx_usecs" 2>&1) || fail "$name: $netdev cannot be told to hold back no interrupts (rx-usecs $rx_usecs): $answer"
  fi
  require_lease
  TOKEN=$token mark "vm-$name" "$(vm_proof "$name")"
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
      if [ "$(token_of "vm-$name")" != "$token" ] || ! holds "vm-$name"; then await < /dev/null; fi
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
      unmark "vm-$name"
    done <<EOF2
$WANTED
EOF2
    ;;
esac
