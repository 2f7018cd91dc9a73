import { counted } from "../../lib/counted.ts";
import type { Measure } from "../../study/metric-lists.ts";
import type { RunRecord } from "../dataset/run-record.ts";
import type { Placed } from "./contrasts.ts";
import { countDeployments, type Deployment } from "./deployments.ts";

/** Deployments that have no value of a scenario that was measured in them: how many, of how many, and why. */
export interface LostDeployments {
  without: number;
  deployments: number;
  why: string[];
}

/** The same of one driver, by the name under which it is compared. */
export interface LostOfArm extends LostDeployments {
  arm: string;
}

/** Counts those of some deployments that have no value of a measure. */
export function lostAmong<Run extends RunRecord>(
  deployments: readonly Deployment<Run>[],
  measure: Measure,
): LostDeployments {
  const without = deployments.filter((deployment) => deployment.valueOf(measure) === null);
  const why = new Set(without.flatMap((deployment) => deployment.reasonsAgainst(measure)));
  return { without: countDeployments(without), deployments: countDeployments(deployments), why: [...why].sort() };
}

/** The same of one side of a comparison. */
export const lostOf = <Run extends RunRecord>(side: readonly Placed<Run>[], measure: Measure): LostDeployments =>
  lostAmong([...new Set(side.map(({ deployment }) => deployment))], measure);

/** The same by driver, in the order in which these come. */
export const lostByArm = <Run extends RunRecord & { arm: string }>(
  deployments: readonly Deployment<Run>[],
  measure: Measure,
): LostOfArm[] =>
  [...Map.groupBy(new Set(deployments), ({ run }) => run.arm)].map(([arm, all]) => ({
    arm,
    ...lostAmong(all, measure),
  }));

const shareWords = ({ without, deployments, why }: LostDeployments) =>
  `${without} of ${counted(deployments, "deployment")}${why.length > 0 ? ` (${why.join("; ")})` : ""}`;

/** "without a value: Bridge 2 of 8 deployments (no packet came back), PCI 0 of 8 deployments"; null where all have one. */
export function lostWords(arms: readonly LostOfArm[]): string | null {
  if (arms.every(({ without }) => without === 0)) return null;
  return `without a value: ${arms.map((share) => `${share.arm} ${shareWords(share)}`).join(", ")}`;
}

/** The same of two sides that were compared; nothing where all have one, and where deployments are not the unit. */
export const lostOfSides = (
  lost: { first: LostDeployments; second: LostDeployments } | null | undefined,
  [first, second]: readonly [string, string],
): string | null =>
  lost
    ? lostWords([
        { arm: first, ...lost.first },
        { arm: second, ...lost.second },
      ])
    : null;
