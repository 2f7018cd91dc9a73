# A VM is ready when its guest has answered: its init says so on the console, then its agent is asked. Fields: name, kind of its place,
# mac; netdev and rx_usecs as in ready.sh.
# shellcheck shell=sh disable=SC2154,SC2329
log_of() { echo "$LIBVIRT_LOG/$1-serial.log"; }
booted() { grep -aqE 'LAB-(READY|ERROR)' "$(log_of "$1")" 2> /dev/null; }
running() { [ "$(virsh -q domstate "$1" 2> /dev/null)" = running ]; }
answers() { virsh -q qemu-agent-command --timeout 5 "$1" '{"execute":"guest-ping"}' > /dev/null 2>&1; }
console_end() { echo "its console ends with: $(tail -c 400 "$(log_of "$name")" 2> /dev/null)"; }

# A bridge learns where a VM is from what it sends, and one that only receives sends nothing: what is for it would go to all.
# libvirt gives a VM's tap the VM's address with fe at its beginning. Taps of others may have the same, in a bridge of theirs.
tell_bridge() {
  for tap in "$SYS/class/net/$BRIDGE/brif"/*; do
    tap=$SYS/class/net/${tap##*/}
    if [ "$(line_of "$tap/address")" = "fe:${mac#*:}" ]; then bridge fdb replace "$mac" dev "${tap##*/}" master static; fi
  done
}

ready_vm() {
  polls=0
  until booted "$name"; do
    polls=$((polls + 1))
    if [ $((polls % 20)) = 0 ]; then running "$name" || fail "$name has stopped; $(console_end)"; fi
    in_time "was not ready" || fail "$late; $(console_end)"
    sleep 0.25
  done
  if grep -aq LAB-ERROR "$(log_of "$name")"; then fail "$name: $(grep -a LAB-ERROR "$(log_of "$name")" | tail -n 1 | tr -d '\r')"; fi
  until answers "$name"; do
    in_time "has booted, and its guest agent did not answer" || fail "$late; $(console_end)"
    sleep 0.25
  done
  if [ "$kind" = bridge ]; then tell_bridge; fi
  hold_back_none
}
