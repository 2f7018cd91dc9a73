import { endProcesses } from "../../lib/guest-processes.ts";
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

/** The programs that make load: what the names of their processes begin with. */
const programs = ["stress-ng", "iperf"];

/** Starts a process that goes on when its shell has ended. */
export const startCommand = ({ kind, command }: LoadProcess) => `setsid ${command} > ${files}-${kind}.log 2>&1 &`;

/** Ends all load in a guest, and fails when some is left. */
export const stopCommand = `${endProcesses(programs)}
rm -f ${files}-*`;

/** What a process that should be running has said, for messages. */
export const logCommand = (kind: LoadProcess["kind"]) => `tail -c 300 ${files}-${kind}.log`;

/** Counts the UDP datagrams that arrive in a guest in `seconds` (/proc/net/snmp, InDatagrams): "datagrams=N". */
export const countArrivals = (seconds: number) =>
  `u() { awk '/^Udp:/ && $2 ~ /^[0-9]/ { print $2 }' /proc/net/snmp; }; a=$(u); sleep ${seconds}; b=$(u); echo "datagrams=$((b - a))"`;

/**
 * Looks twice, `seconds` apart, at the CPU time that each VM's QEMU has used (proc_pid_stat(5), utime + stime): a line a VM
 * and look, "look=N at=SECONDS hz=TICKS_A_SECOND vm=NAME ticks=N". A VM that is not there fails.
 */
export const cpuTimes = (names: readonly string[], seconds: number) => `set -e
hz=$(getconf CLK_TCK)
look() {
  read -r at rest < /proc/uptime
  for vm in ${names.join(" ")}; do
    pid=$(cat /run/libvirt/qemu/$vm.pid)
    echo "look=$1 at=$at hz=$hz vm=$vm ticks=$(awk '{ print $14 + $15 }' /proc/$pid/stat)"
  done
}
look 0; sleep ${seconds}; look 1`;
