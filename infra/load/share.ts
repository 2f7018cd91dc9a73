import type { LoadPlan, ServerPlan } from "../plan/plan.ts";

/**
 * The least CPU that a VM under CPU load must be seen to use, in per cent of one CPU: half of what is its fair share of
 * a server on which all VMs want all they can get. Below it, its load does not run.
 * @param cpus CPUs of the server
 */
export function leastCpuPercent(load: LoadPlan, { main, background }: ServerPlan, cpus: number): number {
  if (load.type !== "cpu") return 0;
  const asked = background.vcpus * load.percent;
  const fair = (100 * cpus * background.vcpus) / (main.vcpus + background.vms * background.vcpus);
  return Math.min(asked, fair) / 2;
}

/**
 * The least datagrams a second that a VM under network load must be seen to send, and to receive. A sender on a server
 * that has no CPU left for it sends less than asked, and what it sends may be lost on the way to a receiver that has none:
 * a tenth and a hundredth are what tells load that is slow from load that is dead. What was achieved stands in each run.
 */
export function leastDatagrams(load: LoadPlan): { leastSentPps: number; leastReceivedPps: number } {
  if (load.type !== "network") return { leastSentPps: 0, leastReceivedPps: 0 };
  const asked = (load.mbps * 1e6) / 8 / load.packetBytes;
  return { leastSentPps: load.sends ? asked / 10 : 0, leastReceivedPps: load.receives ? asked / 100 : 0 };
}
