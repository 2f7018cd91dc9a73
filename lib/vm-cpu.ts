import { LabError } from "./errors.ts";
import { decimalNumber } from "./key-value.ts";

/**
 * A command for a server: one look at the CPU time that each of its VMs has used, as libvirt counts it (virsh(1), domstats), after the
 * server's clock.
 */
export const vmCpuCommand = "cut -d' ' -f1 /proc/uptime; virsh -q domstats --cpu-total --list-running";

/** One look at the CPU of a server's VMs: the server's clock in seconds since its boot, and nanoseconds of CPU by VM. */
export interface VmCpuLook {
  seconds: number;
  cpuNs: ReadonlyMap<string, number>;
}

/** Reads what `vmCpuCommand` prints. @throws LabError when it does not begin with a clock */
export function parseVmCpu(text: string, where: string): VmCpuLook {
  const [first = "", ...lines] = text.split("\n");
  const seconds = decimalNumber.safeParse(first.trim());
  if (!seconds.success) throw new LabError(`${where}: the server's clock is not understood: ${JSON.stringify(first)}`);
  const cpuNs = new Map<string, number>();
  let name = "";
  for (const line of lines) {
    name = /^Domain: '(.+)'$/.exec(line.trim())?.[1] ?? name;
    const [, ns] = /^cpu\.time=(\d+)$/.exec(line.trim()) ?? [];
    if (ns) cpuNs.set(name, Number(ns));
  }
  return { seconds: seconds.data, cpuNs };
}

/** The CPU that a VM used between two looks, in per cent of one CPU; null for one that was not there in both. */
export function vmCpuPercent(vm: string, before: VmCpuLook, after: VmCpuLook): number | null {
  const [from, to] = [before.cpuNs.get(vm), after.cpuNs.get(vm)];
  return from === undefined || to === undefined ? null : (to - from) / 1e7 / (after.seconds - before.seconds);
}
