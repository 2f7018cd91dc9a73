import type { Inventory } from "../../infra/config/hosts.ts";
import { vfsForBackground } from "../../infra/plan/placement.ts";
import { fleetRoles, planOf } from "../../infra/plan/plan.ts";
import { type MainDriver, takesVf } from "../../infra/vm/drivers.ts";
import { type Role, roles } from "../../lib/roles.ts";
import { backgroundVmKeys } from "../../study/terms.ts";
import { configOf, type ExperimentCell } from "./scenarios.ts";

/** A number of background VMs that an experiment asks for, and the one that is measured in its place. */
export interface Substitution {
  experiment: string;
  arm: string;
  from: number;
  to: number;
  why: string;
}

const onVf = ({ driver }: { driver: MainDriver }) => takesVf(driver);

/** VFs of a server, on all its ports. */
export const vfsOf = (inventory: Inventory, role: Role): number =>
  inventory.hosts[role].pfs.reduce((sum, { vfs }) => sum + vfs, 0);

/**
 * What a cell's number of background VMs becomes on these servers: where they take VFs, it is at most the VFs that the
 * Main VM leaves (STUDY: "64" in the competition means min(64, VFs - VFs used by Main)).
 * @returns undefined when the number stays
 */
export function substitutionOf(cell: ExperimentCell, inventory: Inventory): Substitution | undefined {
  const plan = planOf(configOf(cell));
  const [tightest] = fleetRoles(plan)
    .filter((role) => onVf(plan[role].background))
    .map((role) => ({ role, most: vfsForBackground(inventory.hosts[role].pfs, onVf(plan[role].main)) }))
    .sort((a, b) => a.most - b.most);
  const from = Number(cell.levels[backgroundVmKeys.vms]);
  if (tightest === undefined || tightest.most >= from) return undefined;
  const { role, most } = tightest;
  const alike = new Set(roles.map((each) => vfsOf(inventory, each))).size === 1;
  const taken = onVf(plan[role].main) ? ", of which the Main VM takes 1" : ", none of them the Main VM's";
  return {
    experiment: cell.experiment.id,
    arm: cell.arm.name,
    from,
    to: most,
    why: `a background VM on ${plan[role].background.driver} takes a VF, and ${alike ? "a server" : `the ${role}`} has ${vfsOf(inventory, role)}${taken}`,
  };
}
