/**
 * A script that ends all processes of a call on their server and prints those that are left, if any. They are told by the
 * call's name: it is in the environment of each (framing.ts), and on the command line of a login shell that has not come as
 * far. In this script it is on no command line.
 */
export const endCallScript = (call: string) => `call=${call}
members() { printf %s "$call" | grep -lsF -f - /proc/[0-9]*/environ /proc/[0-9]*/cmdline | cut -d / -f 3 | sort -u; }
for signal in TERM KILL; do
  tries=30
  while :; do
    pids=$(members)
    [ -n "$pids" ] || exit 0
    if [ $signal$tries = TERM30 ] || [ $signal = KILL ]; then kill -s $signal $pids 2> /dev/null; fi
    tries=$((tries - 1))
    [ $tries -gt 0 ] || break
    sleep 0.1
  done
done
for pid in $pids; do echo "$pid $(tr '\\0' ' ' < "/proc/$pid/cmdline")"; done`;
