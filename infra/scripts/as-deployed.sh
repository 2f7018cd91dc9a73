# Whether a server is as it was deployed, and in which state it measures (measure/probe/as-deployed.ts): one record=layer for each of
# LAYERS that is not as it was made; then record=policy and a record=port for each of PORTS, as they are now (when=now) and as they were
# after the first run with the Main endpoint that there is (when=first), whose layer is MAIN. What is written down is that alone, where
# REMEMBER is yes.
# shellcheck shell=sh disable=SC2154
. ./proof.sh
: "${LAYERS:?}" "${MAIN:?}" "${PORTS:?}" "${REMEMBER:?}"
for layer in $LAYERS; do
  if holds "$layer"; then continue; fi
  echo "record=layer name=$(escaped "$layer") made=$(escaped "$made") found=$(escaped "$there")"
done
# each_of FILE…: what they say, each once. A CPU that is offline may have a file that cannot be read.
each_of() { [ ! -e "$1" ] || for file in "$@"; do line_of "$file" || :; done | sort -u | paste -s -d , -; }
cpu=$SYS/devices/system/cpu
# The kernel balances memory between nodes by itself where numa_balancing is not 0.
policy() {
  echo "record=policy cpus=$(line_of "$cpu/online" || :) governor=$(each_of "$cpu"/cpu[0-9]*/cpufreq/scaling_governor)" \
    "least_khz=$(each_of "$cpu"/cpu[0-9]*/cpufreq/scaling_min_freq) most_khz=$(each_of "$cpu"/cpu[0-9]*/cpufreq/scaling_max_freq)" \
    "preference=$(each_of "$cpu"/cpu[0-9]*/cpufreq/energy_performance_preference)" \
    "no_turbo=$(line_of "$cpu/intel_pstate/no_turbo" || :) boost=$(line_of "$cpu/cpufreq/boost" || :)" \
    "numa_balancing=$(line_of "$PROC/sys/kernel/numa_balancing" || :)"
}
# port PF: an interface that is down tells nothing of its link.
port() {
  net=$SYS/class/net/$(called_now "$1")
  count=0
  while [ -e "$net/device/virtfn$count" ]; do count=$((count + 1)); done
  echo "record=port name=$(escaped "$1") vfs=$count carrier=$(line_of "$net/carrier" || echo 0) speed_mbps=$(line_of "$net/speed" || :)" \
    "duplex=$(line_of "$net/duplex" || :) link_changes=$(line_of "$net/carrier_changes" || :)"
}
now=$(policy; for name in $PORTS; do port "$name"; done)
first=
if [ "$(token_of conditions)" = "$(token_of "$MAIN")" ]; then first=$(proof_in_mark conditions)
elif [ "$REMEMBER" = yes ] && holds "$MAIN" && [ "$(line_of "$SYS/class/net/$(called_now "${PORTS%% *}")/carrier" || :)" = 1 ]; then
  TOKEN=$(token_of "$MAIN") mark conditions "$now"
fi
printf '%s\n' "$now" | sed 's/^/when=now /'
[ -z "$first" ] || printf '%s\n' "$first" | sed 's/^/when=first /'
