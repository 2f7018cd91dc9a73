/**
 * A script for an endpoint that ends all processes whose names begin so, and fails when some are left. They are found by what
 * they are and not by what was noted of them: a start that was given up on may have gone through all the same, and may be
 * just about to. So two looks in a row must find none. Takes up to 4 s on a CPU of its own.
 * @param names of programs, plain words
 * @param isOurs a shell condition on the process $pid, where there are others of those names
 */
export const endProcesses = (names: readonly string[], isOurs?: string) => `n=0; clear=0
while [ $clear -lt 2 ]; do
  p=$(grep -lsE '^(${names.join("|")})' /proc/[0-9]*/comm | cut -d / -f 3${isOurs === undefined ? "" : ` | while read -r pid; do if ${isOurs}; then echo "$pid"; fi; done`})
  if [ -z "$p" ]; then clear=$((clear + 1)); else
    clear=0
    [ $n -lt 40 ] || { echo "still running:" $p >&2; exit 1; }
    if [ $n -lt 20 ]; then kill $p; else kill -9 $p; fi 2> /dev/null
  fi
  n=$((n + 1)); sleep 0.1
done`;
