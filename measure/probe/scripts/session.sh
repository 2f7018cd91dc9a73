# shellcheck shell=sh
# One run's session on a server. It is spoken with on stdin: "mpstat" starts CPU sampling, "stop" ends it and the captures. Of
# servers on a shared clock, "now" asks for the server's, and "until SECONDS SAMPLING LOG WORD" waits for that time of it, for the
# word in the log, and for the end of the sample that is taken then, where sampling began at SAMPLING.
# It answers in lines of key=value words (lib/key-value.ts), the first of them event=NAME. At end of file, also when the other
# side has died, everything it started is ended and its folder removed. CAPTURES: "name interface" pairs, one a line, left out
# where nothing is captured; an interface in another network namespace is NAMESPACE/INTERFACE. Of frames that FILTER fits
# (pcap-filter(7)) their first SNAP_BYTES are kept.
# CPU_SAMPLING: none leaves out mpstat, and nothing else that the session does.
# What it starts ends with it also where it is killed, and after SECONDS_LIMIT where nobody tells it that the other side is gone.
set -u
: "${CAPTURES=}" "${CPU_SAMPLING=}" "${SECONDS_LIMIT:=86400}"
mkdir -p /run/sriov-rtt
DIR=$(mktemp -d /run/sriov-rtt/run.XXXXXX) || exit 1
PIDS='' MPSTAT='' WAITER=''
end_all() {
  for p in $PIDS $MPSTAT; do kill -INT "$p" 2> /dev/null; done
  # KILL: a TERM that comes right after the fork finds this shell's trap, and is lost.
  [ -z "$WAITER" ] || kill -KILL "$WAITER" 2> /dev/null
  wait
  PIDS='' MPSTAT='' WAITER=''
}
trap 'end_all; rm -rf "$DIR"' EXIT
trap 'exit 1' HUP TERM
bounded() { exec setpriv --pdeathsig TERM timeout --foreground -k 10 "$SECONDS_LIMIT" setpriv --pdeathsig TERM "$@"; }
echo "$CAPTURES" > "$DIR/captures"
while read -r name interface; do
  [ -n "$name" ] || continue
  case $interface in */*) set -- ip netns exec "${interface%/*}" ;; *) set -- ;; esac
  bounded "$@" tcpdump -i "${interface#*/}" -p -n -U --immediate-mode -s "$SNAP_BYTES" --time-stamp-precision=nano -Z root \
    -w "$DIR/$name.pcap" "$FILTER" > /dev/null 2> "$DIR/$name.err" < /dev/null &
  PIDS="$PIDS $!"
done < "$DIR/captures"
while read -r name interface; do
  [ -n "$name" ] || continue
  tries=300
  until grep -q 'listening on' "$DIR/$name.err"; do
    tries=$((tries - 1))
    if [ $tries = 0 ] || { [ $tries -lt 250 ] && ! grep -q . "$DIR/$name.err"; }; then
      echo "tcpdump on $interface does not listen: $(cat "$DIR/$name.err")" >&2
      exit 1
    fi
    sleep 0.1
  done
done < "$DIR/captures"
# counted NAME WORDS: the number that tcpdump printed before those words when it ended; of one it says "1 packet".
counted() { sed -n "s/^\([0-9]*\) packets\{0,1\} $2.*/\1/p" "$DIR/$1.err"; }
now() { date +%s.%N; }
# pause SECONDS, which may be below 0. It keeps no descriptor of the session open, should the session end before it.
pause() { case $1 in -*) ;; *) sleep "$1" > /dev/null 2>&1 ;; esac; }
difference() { awk "BEGIN { printf \"%.3f\", $1 - $2 }"; }
# until SECONDS SAMPLING LOG WORD
until_sampled() {
  pause "$(difference "$1" "$(now)")"
  until grep -q -F "$4" "$3"; do pause 0.2; done
  sampled=$(difference "$(now)" "$2")
  pause "$(difference "${sampled%.*}.999" "$sampled")"
  pause 0.5
  echo "event=time seconds=$(now)"
}
echo "event=listening folder=$DIR"
while read -r word at sampling log awaited; do
  case $word in
    now) echo "event=time seconds=$(now)" ;;
    until)
      until_sampled "$at" "$sampling" "$log" "$awaited" &
      WAITER=$!
      ;;
    mpstat)
      if [ "$CPU_SAMPLING" != none ]; then
        bounded mpstat -P ALL -o JSON 1 > "$DIR/mpstat.json" 2> "$DIR/mpstat.err" < /dev/null &
        MPSTAT=$!
      fi
      echo "event=sampling"
      ;;
    stop)
      end_all
      while read -r name interface; do
        [ -n "$name" ] || continue
        echo "event=counts name=$name captured=$(counted "$name" captured) received=$(counted "$name" 'received by filter') dropped=$(counted "$name" 'dropped by kernel')"
      done < "$DIR/captures"
      echo "event=stopped"
      ;;
  esac
done
