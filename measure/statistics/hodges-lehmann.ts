import { LabError } from "../../lib/errors.ts";
import { DEFAULT_LEVEL, type Estimate, type Interval, requireLevel } from "./interval.ts";
import { MannWhitneyDistribution } from "./mann-whitney-distribution.ts";
import { normalQuantile } from "./normal.ts";
import { AUTO_EXACT_LIMIT } from "./options.ts";
import { type PairSums, selectKth } from "./pair-selection.ts";
import { finiteSample, pairedDifferences, type Sample } from "./samples.ts";
import { SignedRankDistribution } from "./signed-rank-distribution.ts";
import { sortedCopy } from "./sorting.ts";

export interface LocationOptions {
  /** Confidence of the interval; default 0.95. */
  level?: number;
}

/**
 * The Hodges-Lehmann estimate of the centre of x[i] - y[i]: the median of all averages of two differences, each with itself
 * too (J. L. Hodges and E. L. Lehmann, Annals of Mathematical Statistics 34 (1963), 598-611), with the interval of all centres that
 * the two-sided signed-rank test does not reject (J. W. Tukey; M. Hollander and D. A. Wolfe, "Nonparametric Statistical Methods", 3.3).
 *
 * Every difference takes part, zeros too. Up to 50 pairs the interval is exact: its coverage is at least the level, with
 * ties as well. Beyond that the normal limit gives the order statistics, rounded outwards.
 *
 * @throws LabError for no pairs, values that are not finite and lengths that differ
 */
export function hodgesLehmann(x: Sample, y: Sample, options: LocationOptions = {}): Estimate {
  return hodgesLehmannOfDifferences(pairedDifferences(x, y), options);
}

/** The same of differences formed already, or of one sample. */
export function hodgesLehmannOfDifferences(values: Sample, options: LocationOptions = {}): Estimate {
  const level = options.level ?? DEFAULT_LEVEL;
  requireLevel(level);
  const sorted = sortedCopy(finiteSample(values, "differences"));
  const n = sorted.length;
  if (n === 0) throw new LabError("a Hodges-Lehmann estimate needs at least one difference");
  // Halves before the sum: two huge values do not overflow.
  const halves = sorted.map((value) => value / 2);
  const walsh: PairSums = { a: halves, b: halves, triangular: true };
  const count = (n * (n + 1)) / 2;
  const tail = (1 - level) / 2;
  if (n <= AUTO_EXACT_LIMIT) {
    const distribution = new SignedRankDistribution(n);
    const outside = distribution.lowerQuantile(tail);
    return located(walsh, count, outside + 1, level, 1 - 2 * distribution.cdf(outside));
  }
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
  return located(walsh, count, Math.floor(count / 2 + normalQuantile(tail) * deviation), level, null);
}

/**
 * The Hodges-Lehmann estimate of the shift between two independent samples, the median of all x[i] - y[j], with the
 * interval that the two-sided Mann-Whitney test does not reject: exact where neither sample has more than 50 values.
 *
 * @throws LabError for an empty sample, values that are not finite, and differences beyond the largest double
 */
export function hodgesLehmannShift(x: Sample, y: Sample, options: LocationOptions = {}): Estimate {
  const level = options.level ?? DEFAULT_LEVEL;
  requireLevel(level);
  const first = sortedCopy(finiteSample(x, "x"));
  const second = sortedCopy(finiteSample(y, "y"));
  const [n1, n2] = [first.length, second.length];
  if (n1 === 0 || n2 === 0) throw new LabError("a Hodges-Lehmann shift needs at least one value in each sample");
  if (!Number.isFinite(first[n1 - 1]! - second[0]!) || !Number.isFinite(first[0]! - second[n2 - 1]!)) {
    throw new LabError("the difference of the samples overflows a double; divide both by the same factor first");
  }
  const shifts: PairSums = { a: first, b: second.map((value) => -value).reverse(), triangular: false };
  const count = n1 * n2;
  const tail = (1 - level) / 2;
  if (Math.max(n1, n2) <= AUTO_EXACT_LIMIT) {
    const distribution = new MannWhitneyDistribution(n1, n2);
    const outside = distribution.lowerQuantile(tail);
    return located(shifts, count, outside + 1, level, 1 - 2 * distribution.cdf(outside));
  }
  const deviation = Math.sqrt((count * (n1 + n2 + 1)) / 12);
  return located(shifts, count, Math.floor(count / 2 + normalQuantile(tail) * deviation), level, null);
}

/** The median of the sums, and its k-th member from either end as an interval; k < 1 means too few data for the level. */
function located(sums: PairSums, count: number, k: number, level: number, coverage: number | null): Estimate {
  const lower = selectKth(sums, Math.floor((count + 1) / 2));
  const upper = count % 2 === 1 ? lower : selectKth(sums, count / 2 + 1);
  const estimate = lower / 2 + upper / 2;
  if (k < 1) {
    return { estimate, interval: null, note: `too few values for an interval at level ${level}` };
  }
  const interval: Interval = {
    low: selectKth(sums, k),
    high: selectKth(sums, count + 1 - k),
    level,
    coverage,
    method: coverage === null ? "asymptotic" : "exact",
  };
  return { estimate, interval, note: null };
}
