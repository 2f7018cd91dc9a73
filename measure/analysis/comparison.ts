import { hodgesLehmannOfDifferences, hodgesLehmannShift } from "../statistics/hodgesLehmann.ts";
import type { Estimate } from "../statistics/interval.ts";
import { mannWhitney } from "../statistics/mannWhitney.ts";
import { formPairs, type PairedSample, type PairingUnit, type RunSample } from "../statistics/pairs.ts";
import { median } from "../statistics/quantiles.ts";
import { wilcoxon } from "../statistics/wilcoxon.ts";

/** One side against the other: what a reader needs to judge a difference. */
export interface Comparison {
  test: "wilcoxon signed-rank" | "mann-whitney";
  /** Pairs, or values of the smaller side. */
  n: number;
  /** Of the values compared; null without any. */
  medians: { first: number | null; second: number | null };
  statistic: number | null;
  pValue: number | null;
  method: string;
  /** Hodges-Lehmann estimate of first - second with its interval; null without values. */
  difference: Estimate | null;
  /** Rank-biserial correlation: 1 where the first is always larger, -1 where always smaller. */
  effect: number | null;
  /** How the values were put side by side. */
  pairing: string;
  notes: string[];
}

export interface ComparisonOptions {
  unit?: PairingUnit;
  /** Confidence of the interval; default 0.95. */
  level?: number;
}

const medianOrNull = (values: Float64Array) => (values.length === 0 ? null : median(values));

/** Compares pairs that were formed already. */
export function comparePairs({ x, y, record }: PairedSample, options: ComparisonOptions = {}): Comparison {
  const result = wilcoxon(x, y);
  const differences = x.map((value, i) => value - (y[i] as number));
  const level = options.level === undefined ? {} : { level: options.level };
  return {
    test: "wilcoxon signed-rank",
    n: x.length,
    medians: { first: medianOrNull(x), second: medianOrNull(y) },
    statistic: result.statistic,
    pValue: result.pValue,
    method: result.method,
    difference: x.length === 0 ? null : hodgesLehmannOfDifferences(differences, level),
    effect: result.rankBiserial,
    pairing: record.statement,
    notes: result.notes,
  };
}

/** Compares two groups of runs pair by pair. */
export const compareRuns = (
  first: readonly RunSample[],
  second: readonly RunSample[],
  options: ComparisonOptions = {},
): Comparison => comparePairs(formPairs(first, second, { unit: options.unit ?? "run-median" }), options);

/** Compares two groups of values between which there are no pairs. */
export function compareGroups(x: Float64Array, y: Float64Array, options: ComparisonOptions = {}): Comparison {
  const result = mannWhitney(x, y);
  const level = options.level === undefined ? {} : { level: options.level };
  return {
    test: "mann-whitney",
    n: Math.min(x.length, y.length),
    medians: { first: medianOrNull(x), second: medianOrNull(y) },
    statistic: result.statistic,
    pValue: result.pValue,
    method: result.method,
    difference: x.length === 0 || y.length === 0 ? null : hodgesLehmannShift(x, y, level),
    effect: result.rankBiserial,
    pairing: `no pairs: ${x.length} and ${y.length} values of different deployments`,
    notes: result.notes,
  };
}
