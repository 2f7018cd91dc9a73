import type { LoadPlan, ServerPlan } from "../plan/plan.ts";

/**
 * The least CPU that a VM under CPU load must be seen to use, in per cent of one CPU: half of what is its fair share of
 * a server on which all VMs want all they can get. Below it, its load does not run.
 * @param cpus CPUs of the server
 */
export function leastCpuPercent(load: LoadPlan, { main, background }: ServerPlan, cpus: number): number {
  if (load.type !== "cpu") return 0;
  const wanted = background.vcpus * load.percent;
  const fair = (100 * cpus * background.vcpus) / (main.vcpus + background.vms * background.vcpus);
  return Math.min(wanted, fair) / 2;
}
