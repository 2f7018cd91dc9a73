# Ready means that the guest answered: its init says so on the console, then its agent is asked. SECONDS_LIMIT bounds it.
LOG=/var/log/libvirt/qemu/$NAME-serial.log
booted() { grep -aqE 'LAB-(READY|ERROR)' "$LOG" 2> /dev/null; }
running() { [ "$(virsh -q domstate "$NAME" 2> /dev/null)" = running ]; }
answers() { virsh -q qemu-agent-command --timeout 5 "$NAME" '{"execute":"guest-ping"}' > /dev/null 2>&1; }
case $ACTION in
  create)
    tries=$((SECONDS_LIMIT * 4))
    until booted; do
      tries=$((tries - 1))
      if [ $((tries % 20)) = 0 ]; then running || fail "$NAME has stopped; its console ends with: $(tail -c 400 "$LOG" 2> /dev/null)"; fi
      [ "$tries" -gt 0 ] || fail "$NAME was not ready after $SECONDS_LIMIT s; its console ends with: $(tail -c 400 "$LOG" 2> /dev/null)"
      sleep 0.25
    done
    if grep -aq LAB-ERROR "$LOG"; then fail "$NAME: $(grep -a LAB-ERROR "$LOG" | tail -1 | tr -d '\r')"; fi
    wait_for 30 "the guest agent of $NAME" answers
    mark "vm-$NAME"
    grep -a LAB-READY "$LOG" | tail -1 | tr -d '\r'
    ;;
  delete) unmark "vm-$NAME" ;;
esac
