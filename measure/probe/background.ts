import type { BackgroundUse } from "../results/manifest.ts";
import type { BackgroundSpec } from "./spec.ts";

/** What libvirt counted of one VM since it was started. */
interface Counters {
  cpuNs: number;
  /** Packets of its interface, both ways; null where the host sees none (a VF in the guest). */
  packets: number | null;
}

/** One look at a server's background VMs: the server's clock in seconds since its boot, and a VM's counters by name. */
export interface BackgroundLook {
  seconds: number;
  vms: ReadonlyMap<string, Counters>;
}

/**
 * Reads what facts.sh says of background VMs: /proc/uptime's first number, then `virsh domstats --cpu-total --interface`.
 * VMs that it does not name are left out.
 */
export function parseLook(text: string): BackgroundLook {
  const [first = "", ...lines] = text.split("\n");
  const vms = new Map<string, Counters>();
  let current: Counters | undefined;
  for (const line of lines) {
    const [, name] = /^Domain: '(.+)'$/.exec(line.trim()) ?? [];
    const [, key, value] = /^(cpu\.time|net\.\d+\.[rt]x\.pkts)=(\d+)$/.exec(line.trim()) ?? [];
    if (name) {
      current = { cpuNs: 0, packets: null };
      vms.set(name, current);
    } else if (current && key === "cpu.time") current.cpuNs = Number(value);
    else if (current && key) current.packets = (current.packets ?? 0) + Number(value);
  }
  return { seconds: Number(first), vms };
}

const rounded = (value: number) => Math.round(value * 10) / 10;

/** What each background VM used between two looks: CPU in per cent of one CPU, packets a second of its interface. */
export function backgroundUse({ vms }: BackgroundSpec, before: BackgroundLook, after: BackgroundLook): BackgroundUse[] {
  const seconds = after.seconds - before.seconds;
  return vms.map((vm) => {
    const [from, to] = [before.vms.get(vm), after.vms.get(vm)];
    if (!from || !to) return { vm, cpuPercent: null, packetsPerSecond: null };
    const packets = from.packets === null || to.packets === null ? null : to.packets - from.packets;
    return {
      vm,
      cpuPercent: rounded((to.cpuNs - from.cpuNs) / 1e7 / seconds),
      packetsPerSecond: packets === null ? null : rounded(packets / seconds),
    };
  });
}

/** Why a run does not count: a background VM that was not there, or whose load did not run. */
export function backgroundProblems(
  server: string,
  { leastCpuPercent, leastPps }: BackgroundSpec,
  use: readonly BackgroundUse[],
): string[] {
  return use.flatMap(({ vm, cpuPercent, packetsPerSecond }) => {
    if (cpuPercent === null) return [`${server}: ${vm} was not there all the time`];
    if (cpuPercent < leastCpuPercent)
      return [`${server}: ${vm} used ${cpuPercent} % of a CPU, and CPU load at least ${rounded(leastCpuPercent)} %`];
    if (packetsPerSecond !== null && packetsPerSecond < leastPps)
      return [
        `${server}: ${packetsPerSecond} packets/s went through ${vm}'s interface, and network load makes at least ${rounded(leastPps)}`,
      ];
    return [];
  });
}
