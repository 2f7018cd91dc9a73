# One run's session on a server. It is spoken with on stdin: "mpstat" starts CPU sampling, "stop" ends it and the captures.
# At end of file, also when the other side has died, everything it started is ended and its folder removed.
# CAPTURES: "hop interface" pairs, one a line.
set -u
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mkdir -p /run/sriov-rtt
DIR=$(mktemp -d /run/sriov-rtt/run.XXXXXX) || exit 1
PIDS='' MPSTAT=''
end_all() { for p in $PIDS $MPSTAT; do kill -INT "$p" 2> /dev/null; done; wait; PIDS='' MPSTAT=''; }
trap 'end_all; rm -rf "$DIR"' EXIT
trap 'exit 1' HUP TERM
echo "$CAPTURES" > "$DIR/captures"
while read -r hop interface; do
  [ -n "$hop" ] || continue
  tcpdump -i "$interface" -p -n -U --immediate-mode -s 128 --time-stamp-precision=nano -Z root \
    -w "$DIR/$hop.pcap" 'icmp or icmp6 or arp' > /dev/null 2> "$DIR/$hop.err" < /dev/null &
  PIDS="$PIDS $!"
done < "$DIR/captures"
while read -r hop interface; do
  [ -n "$hop" ] || continue
  tries=300
  until grep -q 'listening on' "$DIR/$hop.err"; do
    tries=$((tries - 1))
    if [ $tries = 0 ] || ! grep -q . "$DIR/$hop.err" && [ $tries -lt 250 ]; then echo "tcpdump on $interface does not listen: $(cat "$DIR/$hop.err")" >&2; exit 1; fi
    sleep 0.1
  done
done < "$DIR/captures"
echo "LISTENING $DIR"
while read -r word; do
  case $word in
    mpstat)
      date +%s.%N > "$DIR/mpstat.start"
      mpstat -P ALL -o JSON 1 > "$DIR/mpstat.json" 2> "$DIR/mpstat.err" < /dev/null &
      MPSTAT=$!
      echo "SAMPLING $(cat "$DIR/mpstat.start")"
      ;;
    stop)
      end_all
      while read -r hop interface; do
        [ -n "$hop" ] || continue
        echo "COUNTS $hop $(sed -n 's/^\([0-9]*\) packets captured.*/\1/p' "$DIR/$hop.err") $(sed -n 's/^\([0-9]*\) packets received by filter.*/\1/p' "$DIR/$hop.err") $(sed -n 's/^\([0-9]*\) packets dropped by kernel.*/\1/p' "$DIR/$hop.err")"
      done < "$DIR/captures"
      echo STOPPED
      ;;
  esac
done
