import { canonicalJson } from "../../lib/canonical.ts";
import { type Arm, cellOf, type StudyRun } from "./arms.ts";
import type { Placed } from "./contrasts.ts";
import { type Deployment, deploymentsOf } from "./deployments.ts";

/** A deployment that the study speaks of. */
export type StudyDeployment = Deployment<StudyRun>;

export const studyDeployments = (runs: readonly StudyRun[]): StudyDeployment[] => deploymentsOf(runs);

/** By run: every rule of every claim asks for it. */
const cellKeys = new WeakMap<StudyRun, string>();

/** What deployments of different drivers must share to be a pair, besides the replicate. */
export function cellKey(run: StudyRun): string {
  const key = cellKeys.get(run) ?? canonicalJson(cellOf(run));
  cellKeys.set(run, key);
  return key;
}

/** A deployment in its cell. */
export const placed = (deployment: StudyDeployment): Placed<StudyRun> => ({
  deployment,
  cell: cellKey(deployment.run),
});

/**
 * Deployments of those cells of a replicate in which all these drivers have one. In other cells the driver could not be told from the
 * cell, and a driver that has them alone would be correlated with whatever makes them slow.
 */
export function inSharedCells(deployments: readonly StudyDeployment[], arms: readonly Arm[]): StudyDeployment[] {
  const groups = Map.groupBy(deployments, ({ replicate, run }) => `${replicate}\n${cellKey(run)}`);
  return [...groups.values()].filter((group) => arms.every((arm) => group.some(({ run }) => run.arm === arm))).flat();
}
