import { oneOf } from "../statistics/options.ts";
import type { PairingUnit } from "../statistics/pairs.ts";

/**
 * What a value of a table is of. A deployment is what a driver is given to, so only it says something about another deployment;
 * runs and packets are the paper's way.
 */
export type AnalysisUnit = "deployment" | PairingUnit;

/** What a comparison counts: of two results directories without deployments for units, scenarios that both have. */
export type ComparedUnit = AnalysisUnit | "scenario";

/** `--pairs deployment|run|packet` as the unit. @throws LabError (exit code 2) for anything else */
export function analysisUnit(word = "deployment"): AnalysisUnit {
  const unit = oneOf(["run", "packet", "deployment"], word, "--pairs");
  return unit === "run" ? "run-median" : unit;
}

/** What a table in the paper's way does not prove; null for deployments. */
export const unitWarning = (unit: AnalysisUnit): string | null =>
  unit === "deployment"
    ? null
    : `${unit === "packet" ? "packets" : "runs"} of one deployment share its conditions and are not independent: p and interval speak of ` +
      "these deployments only, and do not prove that another deployment would show the same; --pairs deployment does";
