import type { LoadPlan } from "../plan/plan.ts";

/** A process in a background VM that makes load or takes it. */
export interface LoadProcess {
  /** Names its files in the guest. */
  kind: "cpu" | "receive" | "send";
  /** Shell words. */
  command: string;
}

/** What one background VM has to know to do its part. */
export interface LoadVm {
  name: string;
  vcpus: number;
  /** Address of its counterpart on the other server. */
  peerIp: string;
}

/** Bursts a second that carry `mbps` of UDP payload. */
export const burstsPerSecond = ({
  mbps,
  packetBytes,
  burstPackets,
}: Pick<Extract<LoadPlan, { type: "network" }>, "mbps" | "packetBytes" | "burstPackets">) =>
  (mbps * 1e6) / (8 * packetBytes * burstPackets);

/** Longer than any campaign: iperf has no word for "until it is ended". */
const seconds = 100 * 24 * 3600;

/**
 * The processes that a background VM runs, receivers before senders: stress-ng on every virtual CPU (stress-ng(1)), or
 * one-way UDP by iperf 2 (iperf(1)), whose isochronous frames without spread are bursts of one size. iperf3 is not used:
 * the one in Debian 13 forgets its rate when it is to send bursts (https://github.com/esnet/iperf/issues/1820).
 */
export function loadProcesses(load: LoadPlan, { vcpus, peerIp }: Omit<LoadVm, "name">): LoadProcess[] {
  switch (load.type) {
    case "none":
      return [];
    case "cpu":
      return [{ kind: "cpu", command: `stress-ng --cpu ${vcpus} --cpu-load ${load.percent} --temp-path /tmp --quiet` }];
    case "network": {
      const bursts = `--isochronous=${burstsPerSecond(load).toFixed(6)}:${load.mbps}m,0`;
      const send = `iperf --client ${peerIp} --udp ${bursts} --len ${load.packetBytes} --time ${seconds} --no-udp-fin`;
      return [
        ...(load.receives ? [{ kind: "receive" as const, command: "iperf --server --udp" }] : []),
        ...(load.sends ? [{ kind: "send" as const, command: send }] : []),
      ];
    }
  }
}

const files = "/run/lab-load";

/** Starts a process that goes on when its shell has ended. */
export const startCommand = ({ kind, command }: LoadProcess) =>
  `setsid ${command} > ${files}-${kind}.log 2>&1 & echo $! > ${files}-${kind}.pid`;

/** Ends all that `startCommand` started, and waits for it. */
export const stopCommand = `for f in ${files}-*.pid; do [ -e $f ] || continue; p=$(cat $f); kill $p; n=0; while kill -0 $p && [ $n -lt 50 ]; do n=$((n + 1)); usleep 100000; done; kill -9 $p; rm -f $f; done 2> /dev/null; true`;

/** What a process that should be running has said, for messages. */
export const logCommand = (kind: LoadProcess["kind"]) => `tail -c 300 ${files}-${kind}.log`;

/** Counts the UDP datagrams that arrive in a guest in `seconds` (/proc/net/snmp, InDatagrams). */
export const countArrivals = (seconds: number) =>
  `u() { awk '/^Udp:/ && $2 ~ /^[0-9]/ { print $2 }' /proc/net/snmp; }; a=$(u); sleep ${seconds}; b=$(u); echo $((b - a))`;

/** Prints the CPU time, in clock ticks, that each VM's QEMU has used (proc_pid_stat(5), utime + stime): "NAME TICKS". */
export const cpuTimes = (names: readonly string[]) =>
  `cd /run/libvirt/qemu && for n in ${names.join(" ")}; do echo "$n $(awk '{ print $14 + $15 }' /proc/$(cat $n.pid)/stat)"; done`;
