import { hodgesLehmannOfDifferences } from "../../statistics/hodges-lehmann.ts";
import type { Estimate } from "../../statistics/interval.ts";
import { medianInterval } from "../../statistics/median-interval.ts";
import { anywhere, type Ends, estimateWithUnknown } from "../../statistics/unknown-values.ts";
import { fewestReplicates, notEnough } from "../comparison.ts";
import { lostShortage } from "../pairing-words.ts";
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

/** What replicates gave: their numbers, and how many more have one that nobody knows. */
interface Replicates {
  values: Float64Array;
  unknown?: number;
  /** Least and greatest that an unknown one can be; by default nothing bounds it. */
  ends?: Ends;
}

function decision(
  { values, unknown = 0, ends = anywhere }: Replicates,
  estimateOf: (values: Float64Array, level: number) => Estimate,
  region: Region,
  parts: number,
  shown: Shown,
): Decision {
  const n = values.length;
  const estimateAt = (level: number) =>
    estimateWithUnknown(values, unknown, (filled) => estimateOf(filled, level), ends);
  const estimate = n === 0 ? null : estimateAt(1 - alpha);
  const shortage = lostShortage(unknown, n, estimate) ?? notEnough(n, fewestReplicates);
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
export const decideCentre = (replicates: Replicates, region: Region, parts: number, shown: Shown = same): Decision =>
  decision(replicates, (values, level) => hodgesLehmannOfDifferences(values, { level }), region, parts, shown);

/** Decides where the median of replicates' values lies: exact by the sign test, which a skewed distribution does not mislead. */
export const decideMedian = (replicates: Replicates, region: Region, parts: number, shown: Shown = same): Decision =>
  decision(replicates, (values, level) => medianInterval(values, { level }), region, parts, shown);
