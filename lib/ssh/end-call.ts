/**
 * A script, for busybox too, that ends all processes of a call and prints those that are left, if any. They are told by the call's name, which
 * is in the environment of each (framing.ts). It is a pattern of itself: for a fixed text (-F) busybox's grep looks no further than
 * the first NUL, behind which all but one variable stand.
 * @param alsoCommandLines whether it is also looked for on command lines, where a login shell has it that has not come as far
 *   as to set it: only for where this script is on no command line itself
 */
export const endCallScript = (call: string, alsoCommandLines: boolean) => `call=${call}
members() {
  printf %s "$call" | grep -ls -f - /proc/[0-9]*/environ${alsoCommandLines ? " /proc/[0-9]*/cmdline" : ""} | cut -d / -f 3 | sort -u
}
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
