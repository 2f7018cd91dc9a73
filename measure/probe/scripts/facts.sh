# What a server is and in which state: "@@name" and what a command said, for the manifest. WHEN is before or after. MAIN is the layer of
# the Main endpoint, whose mark is in RUN. BACKGROUND is a command that tells what the background VMs have used, empty where the server has
# none. An interface of INTERFACES in another network namespace is NAMESPACE/INTERFACE.
fact() { echo "@@$1"; shift; "$@" 2>&1; }
versions() {
  fact kernel uname -r
  fact cpus nproc
  fact clocksource cat /sys/devices/system/clocksource/clocksource0/current_clocksource
  fact virt sh -c 'systemd-detect-virt 2> /dev/null || true'
  fact libvirt virsh -q version --daemon
  fact tcpdump sh -c 'tcpdump --version 2>&1 | head -1'
  fact mpstat sh -c 'mpstat -V 2>&1 | head -1'
}
if [ "$WHEN" = before ]; then
  # Versions are asked for once a deployment, and kept beside the marks of its layers with the token of the Main endpoint's.
  read -r token 2> /dev/null < "$RUN/$MAIN" || token=
  { read -r kept && [ "$kept" = "$token" ] && cat; } 2> /dev/null < "$RUN/versions" || {
    told=$(versions)
    printf '%s\n' "$told"
    [ -z "$token" ] || { printf '%s\n' "$token" "$told" > "$RUN/versions.tmp" && mv "$RUN/versions.tmp" "$RUN/versions"; }
  }
  endpoint_facts # of the Main endpoint's kind (lib/endpoints), which comes before this as well
fi
# What stands in the path of bridged frames (lib/bridged-frames.sh, which comes before this).
bridge=$(readlink "/sys/class/net/$PF/master") || bridge=
if [ -n "$bridge" ]; then fact bridged-frames bridged_frames "${bridge##*/}"; fi
fact vfs ip -d link show dev "$PF"
for i in $INTERFACES; do
  case $i in */*) enter="ip netns exec ${i%/*}" ;; *) enter= ;; esac
  # shellcheck disable=SC2086 # words
  {
    [ "$WHEN" != before ] || fact "driver $i" $enter ethtool -i "${i#*/}"
    fact "offload $i" $enter ethtool -k "${i#*/}"
    fact "coalescing $i" $enter ethtool -c "${i#*/}"
    fact "counters $i" $enter ip -s link show dev "${i#*/}"
  }
done
if [ -n "$BACKGROUND" ]; then
  fact background sh -c "$BACKGROUND"
fi
true
