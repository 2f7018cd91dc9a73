import { type Role, roles } from "../lib/roles.ts";
import type { Problem } from "../study/problem.ts";
import { backgroundVmKeys, mainVmKeys } from "../study/terms.ts";
import type { Observation } from "./observe.ts";
import { memoryNeeded } from "./plan/capacity.ts";
import type { Plan } from "./plan/plan.ts";

/** VMs that would take memory which others need by now: a server's own, or somebody else's VMs. */
export function freeMemoryProblems(
  plan: Plan,
  observed: Record<Role, Pick<Observation, "freeMiB" | "memoryMiB">>,
): Problem[] {
  return roles.flatMap((role) => {
    const { main, background } = plan[role];
    const { freeMiB, memoryMiB } = observed[role];
    const needed = memoryNeeded(plan[role]);
    if (freeMiB === undefined || needed <= freeMiB) return [];
    const what =
      background.vms > 0
        ? { key: backgroundVmKeys.vms, value: background.vms, allowed: `fewer, less ${backgroundVmKeys.memoryMiB}` }
        : { key: mainVmKeys.memoryMiB, value: main.memoryMiB, allowed: "less" };
    return [
      {
        ...what,
        found: `the VMs of the ${role} need ${needed} MiB, and ${freeMiB} of its ${memoryMiB} MiB are free, what VMs of this testbed have included`,
        allowed: `${what.allowed}, or a server whose memory others leave free`,
      },
    ];
  });
}
