import { hodgesLehmannOfDifferences } from "../../statistics/hodges-lehmann.ts";
import type { Estimate } from "../../statistics/interval.ts";
import { medianInterval } from "../../statistics/median-interval.ts";
import { fewestReplicates, notEnough } from "../comparison.ts";
import { type Evidence, insideVerdict } from "./evidence.ts";

/** The values for which a statement is true: all between the two, which may be infinite. */
export interface Region {
  low: number;
  high: number;
}

/** Level at which a rule that is false may be reproduced, or a claim that is true contradicted, taken on both sides. */
const alpha = 0.05;

/** Confidence of the interval that contradicts, so that it errs in 5 % of claims, not of their parts (Bonferroni). */
const contradictingLevel = (parts: number): number => 1 - alpha / parts;

/** Replicates from which on a part of a claim can be contradicted: all of them beyond the region must be rarer than its level. */
export function fewestToContradict(parts: number): number {
  let n = fewestReplicates;
  while (2 ** (1 - n) > alpha / parts) n++;
  return n;
}

export type Decision = Pick<
  Evidence,
  "verdict" | "n" | "estimate" | "low" | "high" | "contradicts" | "shortage" | "note"
>;

/** How an estimate is shown: a ratio is estimated as its logarithm. */
type Shown = (value: number) => number;

function decision(
  n: number,
  estimateAt: (level: number) => Estimate,
  region: Region,
  parts: number,
  shown: Shown,
): Decision {
  const shortage = notEnough(n, fewestReplicates);
  const estimate = n === 0 ? null : estimateAt(1 - alpha);
  const interval = shortage === null ? (estimate?.interval ?? null) : null;
  const corrected = interval === null ? null : estimateAt(contradictingLevel(parts)).interval;
  const verdict = insideVerdict(interval, region, corrected);
  const needed = fewestToContradict(parts);
  return {
    verdict,
    n,
    estimate: estimate && shown(estimate.estimate),
    low: interval && shown(interval.low),
    high: interval && shown(interval.high),
    contradicts: corrected && { low: shown(corrected.low), high: shown(corrected.high), level: corrected.level },
    shortage,
    note:
      shortage === null && verdict === "not enough data" && n < needed
        ? `with ${parts} parts the claim can be contradicted from ${needed} replicates on`
        : null,
  };
}

const same: Shown = (value) => value;

/** Decides where the centre of replicates' contrasts lies: the Hodges-Lehmann estimate, exact by the signed-rank test. */
export const decideCentre = (values: Float64Array, region: Region, parts: number, shown: Shown = same): Decision =>
  decision(values.length, (level) => hodgesLehmannOfDifferences(values, { level }), region, parts, shown);

/** Decides where the median of replicates' values lies: exact by the sign test, which a skewed distribution does not mislead. */
export const decideMedian = (values: Float64Array, region: Region, parts: number, shown: Shown = same): Decision =>
  decision(values.length, (level) => medianInterval(values, { level }), region, parts, shown);
