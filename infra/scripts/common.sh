# What every layer on a server shares. A layer that is really there has a mark: a file with the token of the deployment
# that made it. /run is emptied by a reboot, and so are VFs, bridges and domains: mark and thing vanish together.
set -eu
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN=/run/sriov-rtt
fail() { echo "$(hostname): $*" >&2; exit 1; }
mark() { mkdir -p "$RUN"; printf '%s\n' "$TOKEN" > "$RUN/$1.tmp" && mv "$RUN/$1.tmp" "$RUN/$1"; }
unmark() { rm -f "$RUN/$1"; }
# wait_for SECONDS WHAT COMMAND…: polls ten times a second.
wait_for() {
  tries=$(($1 * 10)); what=$2; shift 2
  until "$@"; do
    tries=$((tries - 1)); [ "$tries" -gt 0 ] || fail "gave up waiting for $what"
    sleep 0.1
  done
}
# A command on a server outlives an update that is killed: the next one waits for it here.
alone() { mkdir -p "$RUN"; exec 9> "$RUN/lock"; flock -w 600 9 || fail "another command of this testbed has not ended within 600 s (fuser $RUN/lock tells which)"; }
