# What a server is and in which state: "@@name" and what a command said, for the manifest. WHEN is before or after; BACKGROUND
# is a command that tells what the background VMs have used, empty where the server has none.
fact() { echo "@@$1"; shift; "$@" 2>&1; }
if [ "$WHEN" = before ]; then
  fact kernel uname -r
  fact cpus nproc
  fact clocksource cat /sys/devices/system/clocksource/clocksource0/current_clocksource
  fact governor sh -c 'cat /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor 2> /dev/null || echo none'
  fact virt sh -c 'systemd-detect-virt 2> /dev/null || true'
  fact libvirt virsh -q version --daemon
  fact tcpdump sh -c 'tcpdump --version 2>&1 | head -1'
  fact mpstat sh -c 'mpstat -V 2>&1 | head -1'
  fact interface sh -c "virsh -q dumpxml $DOMAIN | sed -n '/<interface/,/<.interface>/p'"
  fact deployment sh -c "virsh -q desc $DOMAIN; echo; stat -c %Y /run/libvirt/qemu/$DOMAIN.pid"
  qemu=$(cat "/run/libvirt/qemu/$DOMAIN.pid")
  # vhost works in threads of QEMU, on older kernels in kernel threads named after it.
  fact vhost sh -c "cat /proc/$qemu/task/*/comm /proc/[0-9]*/comm 2> /dev/null | grep -c '^vhost-$qemu\$'"
fi
# What stands in the path of bridged frames (lib/bridged-frames.sh, which comes before this).
bridge=$(readlink "/sys/class/net/$PF/master") || bridge=
if [ -n "$bridge" ]; then fact bridged-frames bridged_frames "${bridge##*/}"; fi
fact vfs ip -d link show dev "$PF"
for i in $INTERFACES; do
  [ "$WHEN" != before ] || fact "driver $i" ethtool -i "$i"
  fact "offload $i" ethtool -k "$i"
  fact "coalescing $i" ethtool -c "$i"
  fact "counters $i" ip -s link show dev "$i"
done
if [ -n "$BACKGROUND" ]; then
  fact background sh -c "$BACKGROUND"
fi
true
