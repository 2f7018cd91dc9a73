import { type Arm, levelOf, type StudyRun } from "../arms.ts";
import type { StudyDeployment } from "../study-deployments.ts";
import type { Where } from "./rules.ts";

/** Where a rule's number of background VMs stands for the most that there are: emulated servers cannot carry the paper's. */
export type VmLevels = "as stated" | "most";

function fits(run: StudyRun, { settings, load, location, ratePps, except }: Where): boolean {
  if (settings !== undefined && !settings.includes(run.setting)) return false;
  if (load !== undefined && (run.load?.type ?? "none") !== load) return false;
  if (location !== undefined && run.load?.location !== location) return false;
  if (ratePps !== undefined && run.ratePps !== ratePps) return false;
  return !(
    except !== undefined &&
    run.load?.type === except.load &&
    run.load.location === except.location &&
    run.vms === except.vms
  );
}

/**
 * The deployments that a rule speaks of, of the drivers that it compares.
 * @param levels whether its number of background VMs is taken as stated, or for the most that all these drivers have
 */
export function selectDeployments(
  deployments: readonly StudyDeployment[],
  arms: readonly Arm[],
  where: Where,
  levels: VmLevels = "as stated",
): StudyDeployment[] {
  const fitting = deployments.filter(({ run }) => arms.includes(run.arm) && fits(run, where));
  const { vms } = where;
  if (vms === undefined) return fitting;
  if (vms === "loaded") return fitting.filter(({ run }) => run.vms > 0);
  if (levels === "most") {
    const most = commonLevels(fitting, arms).at(-1) ?? 0;
    return most === 0 ? [] : fitting.filter(({ run }) => levelOf(run) === most);
  }
  return fitting.filter(({ run }) => ("is" in vms ? levelOf(run) === vms.is : run.vms > vms.above));
}

/** Numbers of background VMs with which each of these drivers has deployments, ascending. */
export function commonLevels(deployments: readonly StudyDeployment[], arms: readonly Arm[]): number[] {
  const levelsOf = (arm: Arm) =>
    new Set(deployments.filter(({ run }) => run.arm === arm).map(({ run }) => levelOf(run)));
  const [first, ...others] = arms.map(levelsOf);
  return [...(first ?? [])].filter((level) => others.every((set) => set.has(level))).sort((a, b) => a - b);
}
