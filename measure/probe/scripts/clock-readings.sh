# Reads the time stamp counter and the clock in turn, by the kernel's tracer, which stamps what is written into it: lines of
# counter=, microseconds= (of the clock, cut off, TAI, which Linux sets to its real time) and counter_after=.
set -eu
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
T=/sys/kernel/tracing
MOUNTED=
leave() {
  for instance in "$T/instances/rtt-counter" "$T/instances/rtt-clock"; do [ ! -d "$instance" ] || rmdir "$instance"; done
  [ -z "$MOUNTED" ] || umount $T
}
trap leave EXIT
trap 'exit 1' HUP TERM
mountpoint -q $T || { mount -t tracefs tracefs $T; MOUNTED=yes; }
# Where they are there, a call that was ended by force has left them: a server has one run at a time.
mkdir -p "$T/instances/rtt-counter" "$T/instances/rtt-clock"
for instance in rtt-counter rtt-clock; do echo > "$T/instances/$instance/trace"; done
echo x86-tsc > "$T/instances/rtt-counter/trace_clock"
echo tai > "$T/instances/rtt-clock/trace_clock"
i=0
exec 3> "$T/instances/rtt-counter/trace_marker" 4> "$T/instances/rtt-clock/trace_marker"
while [ $i -lt 60 ]; do
  echo "$i" >&3
  echo "$i" >&4
  i=$((i + 1))
done
echo "$i" >&3
exec 3>&- 4>&-
# A line is "TASK-PID [CPU] FLAGS STAMP: tracing_mark_write: NUMBER"; the stamp of a clock is in seconds.
awk '
  /tracing_mark_write: / {
    for (f = 1; $f != "tracing_mark_write:"; f++) stamp = $f
    sub(/:$/, "", stamp)
    if (stamp ~ /\./) { sub(/\./, "", stamp); clock[$NF] = stamp } else counter[$NF] = stamp
  }
  END {
    for (i = 0; (i + 1) in counter && i in clock; i++)
      print "counter=" counter[i] " microseconds=" clock[i] " counter_after=" counter[i + 1]
  }' "$T/instances/rtt-counter/trace" "$T/instances/rtt-clock/trace"
