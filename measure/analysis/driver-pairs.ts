import { canonicalJson } from "../../lib/canonical.ts";
import { type Measure, measures } from "../../study/metric-lists.ts";
import { backgroundVmKeys } from "../../study/terms.ts";
import type { RunRecord } from "../dataset/run-record.ts";
import { cellOf, placeOf } from "./arms.ts";
import { campaignOf } from "./campaigns.ts";
import { comparedMeasures, reasonFor } from "./compare/compare.ts";
import { isDecided, verdictOf } from "./compare/verdict.ts";
import { type Comparison, compareDeployments } from "./comparison.ts";
import { conditionsOf, conditionWords, driverOf, rateWords, vmLevelOf } from "./competitors.ts";
import type { Placed } from "./contrasts.ts";
import { deploymentsOf } from "./deployments.ts";
import { emulatedCpu, saysNothing } from "./measures.ts";

/** Of what two drivers are compared: of all cells that both have, of those under equal conditions, or of one cell alone. */
type PairScope = "all" | "conditions" | "cell";

/** Two drivers, and one measure of them. */
export interface DriverPair {
  measure: Measure;
  first: string;
  second: string;
  scope: PairScope;
  /** Which cells these are, in words. */
  where: string;
  /** Null where one of them has no value at all. */
  comparison: Comparison | null;
  /** Why there is none. */
  unavailable: string | null;
  /** Whether the interval tells the two apart; null where the measure says nothing on these servers, or there is no interval. */
  decided: boolean | null;
  /** What the data say, in words. */
  verdict: string;
  /** Hashes of the scenarios that it rests on. */
  scenarios: string[];
}

/** What two runs of different drivers must share to be a pair. On SR-IOV the competitors' driver goes with the Main VMs' (4.4). */
function pairCell(run: RunRecord): string {
  const place = placeOf(run);
  if (place?.setting === "sriov") return canonicalJson(cellOf({ ...run, setting: place.setting }));
  const { blocks, fixed, pressure } = run;
  return canonicalJson({
    ...blocks,
    [backgroundVmKeys.vms]: vmLevelOf(run),
    fixed,
    pressure,
    campaign: campaignOf(run),
  });
}

/** A cell without its campaign: what a reader calls a cell, whenever it was measured. */
const shownCell = (run: RunRecord) =>
  `${conditionWords(conditionsOf(run))}${run.vms > 0 ? `, ${vmLevelOf(run)} background VMs` : ""}, ${rateWords(run.ratePps)}`;

type Side = readonly Placed[];
const runsOf = (side: Side) => side.flatMap(({ deployment }) => deployment.runs);

/** The deployments of two drivers in the cells that both have. */
function inCommon(first: Side, second: Side): [Side, Side] {
  const [left, right] = [first, second].map((side) => new Set(side.map(({ cell }) => cell)));
  return [first.filter(({ cell }) => right?.has(cell)), second.filter(({ cell }) => left?.has(cell))];
}

function compareSidesOf(
  [first, second]: [Side, Side],
  names: [string, string],
  measure: Measure,
  fidelity: string,
): Pick<DriverPair, "comparison" | "unavailable" | "decided" | "verdict"> {
  const missing = [first, second].flatMap((side, i) => {
    const reason = reasonFor(runsOf(side), measure);
    return reason === null ? [] : [`${names[i]}: ${reason}`];
  });
  if (missing.length > 0)
    return { comparison: null, unavailable: missing.join("; "), decided: null, verdict: "unavailable" };
  const comparison = compareDeployments(first, second, measure, "student");
  const words = verdictOf(comparison, measure, measures[measure].unit, names);
  const silent = saysNothing(measure, fidelity);
  const hasInterval = (comparison.ratio ?? comparison.difference)?.interval != null;
  return {
    comparison,
    unavailable: null,
    decided: silent || !hasInterval ? null : isDecided(comparison),
    verdict: silent ? emulatedCpu : words,
  };
}

/** The parts of what two drivers have in common: all of it, and what is told apart in it where that is more than one. */
function scopesOf([first, second]: [Side, Side]): { scope: PairScope; where: string; sides: [Side, Side] }[] {
  const cut = (scope: PairScope, wordsOf: (run: RunRecord) => string) => {
    const words = [...new Set(first.map(({ deployment }) => wordsOf(deployment.run)))];
    const part = (side: Side, where: string) => side.filter(({ deployment }) => wordsOf(deployment.run) === where);
    return words.map((where) => ({ scope, where, sides: [part(first, where), part(second, where)] as [Side, Side] }));
  };
  const [byConditions, byCell] = [
    cut("conditions", (run) => conditionWords(conditionsOf(run))),
    cut("cell", shownCell),
  ];
  const all = byConditions.length === 1 ? (byConditions[0]?.where ?? "") : "all cells that both have";
  return [
    { scope: "all", where: byCell.length === 1 ? (byCell[0]?.where ?? all) : all, sides: [first, second] },
    ...(byConditions.length > 1 ? byConditions : []),
    ...(byCell.length > byConditions.length || byConditions.length > 1 ? byCell : []),
  ];
}

/**
 * Every two drivers of the Main VMs, compared measure by measure as `./lab compare` compares them: deployments of equal cell, replicate
 * and campaign are a pair, and three to five replicates are given Student's interval.
 * @param runs those that count, and those that were lost
 */
export function compareDriverPairs(runs: readonly RunRecord[], fidelity: string): DriverPair[] {
  const sides = Map.groupBy(
    deploymentsOf(runs).map((deployment): Placed => ({ deployment, cell: pairCell(deployment.run) })),
    ({ deployment }) => driverOf(deployment.run),
  );
  const names = [...sides.keys()].sort();
  return names.flatMap((one, index) =>
    names.slice(index + 1).flatMap((other) => {
      const common = inCommon(sides.get(one) ?? [], sides.get(other) ?? []);
      if (common[0].length === 0) return [];
      return scopesOf(common).flatMap(({ scope, where, sides: part }) => {
        const scenarios = [...new Set(part.flatMap(runsOf).map(({ scenarioSha256 }) => scenarioSha256))];
        return comparedMeasures.map(
          (measure): DriverPair => ({
            ...{ measure, first: one, second: other, scope, where, scenarios },
            ...compareSidesOf(part, [one, other], measure, fidelity),
          }),
        );
      });
    }),
  );
}

/** Pairs of drivers that no cell of a replicate has both of, in words: nothing can be said of them. */
export function pairsApart(runs: readonly RunRecord[], compared: readonly DriverPair[]): string[] {
  const names = [...new Set(runs.map(driverOf))].sort();
  return names.flatMap((one, index) =>
    names
      .slice(index + 1)
      .filter((other) => !compared.some(({ first, second }) => first === one && second === other))
      .map((other) => `${one} and ${other}`),
  );
}
