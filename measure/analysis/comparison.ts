import type { Measure } from "../../study/metric-lists.ts";
import type { RunRecord } from "../dataset/run-record.ts";
import { hodgesLehmannOfDifferences, hodgesLehmannShift } from "../statistics/hodges-lehmann.ts";
import type { Estimate } from "../statistics/interval.ts";
import { mannWhitney } from "../statistics/mann-whitney.ts";
import { formPairs, type PairedSample, type PairingUnit, type RunSample } from "../statistics/pairs.ts";
import { median } from "../statistics/quantiles.ts";
import { pairedDifferences } from "../statistics/samples.ts";
import { studentInterval, studentValues } from "../statistics/student-interval.ts";
import {
  anywhere,
  boundedBy,
  type Ends,
  estimateWithUnknown,
  filledUp,
  largestPValue,
} from "../statistics/unknown-values.ts";
import { wilcoxon, wilcoxonOfDifferences } from "../statistics/wilcoxon.ts";
import { contrastsOf, type Placed, type Scale, scaleOf } from "./contrasts.ts";
import type { Deployment } from "./deployments.ts";
import { type LostDeployments, lostOf } from "./lost-deployments.ts";
import { lostShortage, pairingWords, ratioShortage, withinWords } from "./pairing-words.ts";
import type { AnalysisUnit, ComparedUnit } from "./unit.ts";

/** One side against the other: what a reader needs to judge a difference. */
export interface Comparison {
  test: "wilcoxon signed-rank" | "mann-whitney";
  /** What is taken for independent, and counted by n. */
  unit: ComparedUnit;
  /** Replicates, or with another unit pairs; without pairs the values of the smaller side. */
  n: number;
  /** Of the values compared; null without any. */
  medians: { first: number | null; second: number | null };
  statistic: number | null;
  pValue: number | null;
  method: string;
  /** Estimate of first - second with its interval; null without values, and where the ratio is compared. */
  difference: Estimate | null;
  /** Estimate of first / second with its interval; null without values, and where the difference is compared. */
  ratio: Estimate | null;
  /** Rank-biserial correlation: 1 where the first is always larger, -1 where always smaller. */
  effect: number | null;
  /** How the values were put side by side. */
  pairing: string;
  /** What it does not tell because both sides of pairs were measured in the same VMs; null where none were. */
  within: string | null;
  /** Why it decides nothing, whatever is left of the sides: they are a selection. Null where they are not. */
  shortage: string | null;
  /** Deployments of each side without a value, which are in no number of the above; null where deployments are not the unit. */
  lost: { first: LostDeployments; second: LostDeployments } | null;
  notes: string[];
}

export interface ComparisonOptions {
  unit?: PairingUnit;
  /** Confidence of the interval; default 0.95. */
  level?: number;
}

const medianOrNull = (values: ArrayLike<number>) => (values.length === 0 ? null : median(values));

/** A ratio from the estimate of its logarithm. */
export const exponential = ({ estimate, interval, note }: Estimate): Estimate => ({
  estimate: Math.exp(estimate),
  interval: interval && { ...interval, low: Math.exp(interval.low), high: Math.exp(interval.high) },
  note,
});

/** A comparison of what was left of a side after some values had no ratio: an estimate with neither p nor interval. */
export const undecided = (comparison: Comparison, shortage: string): Comparison => ({
  ...comparison,
  pValue: null,
  ratio: comparison.ratio && { ...comparison.ratio, interval: null, note: shortage },
  shortage,
  notes: [shortage, ...comparison.notes],
});

const onItsScale = (estimate: Estimate | null, scale: Scale): Pick<Comparison, "difference" | "ratio"> => ({
  difference: scale === "difference" ? estimate : null,
  ratio: scale === "ratio" ? estimate && exponential(estimate) : null,
});

/** Compares pairs of runs or packets that were formed already: the paper's way. */
function comparePairs({ x, y, record }: PairedSample, options: ComparisonOptions = {}): Comparison {
  const result = wilcoxon(x, y);
  const differences = pairedDifferences(x, y);
  const level = options.level === undefined ? {} : { level: options.level };
  return {
    test: "wilcoxon signed-rank",
    unit: record.unit,
    n: x.length,
    medians: { first: medianOrNull(x), second: medianOrNull(y) },
    statistic: result.statistic,
    pValue: result.pValue,
    method: result.method,
    ...onItsScale(x.length === 0 ? null : hodgesLehmannOfDifferences(differences, level), "difference"),
    effect: result.rankBiserial,
    pairing: record.statement,
    within: null,
    shortage: null,
    lost: null,
    notes: result.notes,
  };
}

/** Compares two groups of runs pair by pair. */
export const compareRuns = (
  first: readonly RunSample[],
  second: readonly RunSample[],
  options: ComparisonOptions = {},
): Comparison => comparePairs(formPairs(first, second, { unit: options.unit ?? "run-median" }), options);

/** How many values of each of two groups are not known. */
interface UnknownValues {
  first: number;
  second: number;
}

/** The shift between two groups, with an interval that holds whatever their unknown values are. */
function shiftOf(x: Float64Array, y: Float64Array, { first, second }: UnknownValues): Estimate {
  const shift = hodgesLehmannShift(x, y);
  if (shift.interval === null || first + second === 0) return shift;
  // Unknown values at the one end in x are at the other in y: the shift is then as large, or as small, as it can be.
  const far = ({ low, high }: Ends) => hodgesLehmannShift(filledUp(x, first, low), filledUp(y, second, high));
  return boundedBy(shift, far(anywhere), far({ low: anywhere.high, high: anywhere.low }));
}

/** Compares two groups of values between which there are no pairs. */
export function compareGroups(
  x: Float64Array,
  y: Float64Array,
  unit: AnalysisUnit,
  scale: Scale,
  unknown: UnknownValues = { first: 0, second: 0 },
): Comparison {
  const [fewer, estimate] = [
    Math.min(x.length, y.length),
    x.length === 0 || y.length === 0 ? null : shiftOf(x, y, unknown),
  ];
  const result = mannWhitney(x, y);
  const withAllAt = ({ low, high }: Ends) =>
    mannWhitney(filledUp(x, unknown.first, low), filledUp(y, unknown.second, high));
  const lost = unknown.first + unknown.second;
  const tests = lost === 0 ? [result] : [withAllAt(anywhere), withAllAt({ low: anywhere.high, high: anywhere.low })];
  const hasP = fewer > 0 && !(fewer === 1 && unit === "deployment");
  const shown = (values: Float64Array) => medianOrNull(scale === "ratio" ? values.map(Math.exp) : values);
  const what = unit === "deployment" ? "replicates" : "runs";
  return {
    test: "mann-whitney",
    unit,
    n: fewer,
    medians: { first: shown(x), second: shown(y) },
    statistic: result.statistic,
    pValue: hasP ? largestPValue(...tests) : null,
    method: result.method,
    ...onItsScale(fewer === 1 && estimate ? { ...estimate, interval: null } : estimate, scale),
    effect: result.rankBiserial,
    pairing: `no pairs: ${x.length} and ${y.length} ${what} of different deployments`,
    within: null,
    shortage: estimate && lostShortage(lost, x.length + y.length, estimate),
    lost: null,
    notes: result.notes,
  };
}

/** What an interval of few replicates may rest on: nothing but exchangeability, or also the normal distribution. */
export type FewReplicates = "no interval" | "student";

/**
 * The centre of replicates' contrasts, logarithms of ratios or differences, with its 95 % interval; null without any.
 * @param unknown replicates whose contrast may be anything: the interval holds whatever they are
 */
export function centreOf(values: Float64Array, few: FewReplicates, unknown = 0): Estimate | null {
  if (values.length === 0) return null;
  const isFew = values.length >= studentValues.fewest && values.length <= studentValues.most;
  return few === "student" && isFew && unknown === 0
    ? studentInterval(values)
    : estimateWithUnknown(values, unknown, hodgesLehmannOfDifferences);
}

/**
 * Compares two groups of deployments replicate by replicate: signed-rank test and Hodges-Lehmann estimate of one contrast a
 * replicate. One replicate has neither p nor interval.
 * @param few what three to five replicates are given; six and more have an interval that rests on no distribution
 */
export function compareDeployments<Run extends RunRecord>(
  first: readonly Placed<Run>[],
  second: readonly Placed<Run>[],
  measure: Measure,
  few: FewReplicates = "no interval",
): Comparison {
  const contrasts = contrastsOf(first, second, measure, scaleOf(measure));
  const { values, scale, used, unknown } = contrasts;
  const result = wilcoxonOfDifferences(values);
  const withAllAt = (end: number) => (unknown === 0 ? result : wilcoxonOfDifferences(filledUp(values, unknown, end)));
  const centre = centreOf(values, few, unknown);
  const short = ratioShortage(contrasts.withoutRatio) ?? lostShortage(unknown, values.length, centre);
  const shown = (side: Deployment<Run>[]) =>
    medianOrNull(side.flatMap((deployment) => deployment.valueOf(measure) ?? []));
  const comparison: Comparison = {
    test: "wilcoxon signed-rank",
    unit: "deployment",
    n: values.length,
    medians: { first: shown(used.first), second: shown(used.second) },
    statistic: result.statistic,
    pValue: values.length < 2 ? null : largestPValue(withAllAt(anywhere.low), withAllAt(anywhere.high)),
    method: result.method,
    ...onItsScale(centre, scale),
    effect: result.rankBiserial,
    pairing: pairingWords(contrasts),
    within: withinWords(contrasts),
    shortage: null,
    lost: { first: lostOf(first, measure), second: lostOf(second, measure) },
    notes: values.length === 1 ? [notEnough(1, fewestReplicates) as string] : result.notes,
  };
  return short === null ? comparison : undecided(comparison, short);
}

/** Replicates that a 95 % interval takes which rests on no distribution: with five, all of one sign come by chance in 6 %. */
export const fewestReplicates = 6;

/** Why there is no interval; null where there are enough replicates. */
export function notEnough(n: number, needed: number): string | null {
  if (n >= needed) return null;
  if (n === 0) return "not enough data: no pair of deployments";
  return n === 1 ? "not enough data: one replicate" : `not enough data: ${n} replicates; ${needed} are needed`;
}
