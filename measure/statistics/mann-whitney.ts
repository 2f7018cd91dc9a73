import { MannWhitneyDistribution } from "./mann-whitney-distribution.ts";
import { normalSf } from "./normal.ts";
import { type Alternative, type Method, type ResolvedMethod, resolveMethod } from "./options.ts";
import { RANK_SUM_PERMUTATION_LIMIT, rankSumPermutationPValue } from "./rank-sum-permutation.ts";
import { finiteSample, type Sample } from "./samples.ts";
import { sortedCopy } from "./sorting.ts";

export interface MannWhitneyOptions {
  /** Default two-sided. `greater`: x tends to be larger than y. */
  alternative?: Alternative;
  /** Continuity correction of the normal limit; default false (SciPy's default is true). */
  correction?: boolean;
  /** Default auto: exact when each sample has at most 50 values and no two values are equal, and with ties up to 20 values. */
  method?: Method;
}

export interface MannWhitneyResult {
  /** U of the first sample: how many pairs have x > y, equal ones counting half. Null where a sample is empty. */
  statistic: number | null;
  /** Null where the data say nothing; `notes` has the reason. */
  pValue: number | null;
  /** The larger sample's size. */
  n: number;
  n1: number;
  n2: number;
  ties: boolean;
  method: ResolvedMethod;
  alternative: Alternative;
  correction: boolean;
  z: number | null;
  /** 2 U / (n1 n2) - 1: the rank-biserial correlation, 1 where every x is above every y. */
  rankBiserial: number | null;
  notes: string[];
}

/**
 * The Mann-Whitney U test of two independent samples, by the definitions of SciPy's `mannwhitneyu`: with ties, `exact`
 * cuts U to an integer and uses the untied distribution. `auto` with ties is the permutation test up to 20 values in each sample, where
 * the normal limit can fall below the least p that their number allows. O(n log n) beyond that.
 *
 * @throws LabError for values that are not finite, and for exact with n1 * n2 beyond 40000
 */
export function mannWhitney(x: Sample, y: Sample, options: MannWhitneyOptions = {}): MannWhitneyResult {
  const { alternative = "two-sided", correction = false } = options;
  const [n1, n2] = [x.length, y.length];
  const n = Math.max(n1, n2);
  const [first, second] = [sortedCopy(finiteSample(x, "x")), sortedCopy(finiteSample(y, "y"))];
  const { u, tieTerm } = countU(first, second);
  const ties = tieTerm > 0;
  const empty = n1 === 0 || n2 === 0;
  const allEqual = tieTerm === (n1 + n2) ** 3 - (n1 + n2);
  const isPermuted =
    (options.method ?? "auto") === "auto" && ties && !empty && !allEqual && n <= RANK_SUM_PERMUTATION_LIMIT;
  const method = isPermuted ? "exact" : resolveMethod(options.method ?? "auto", n, ties);
  const upper = alternative === "greater" ? u : alternative === "less" ? n1 * n2 - u : Math.max(u, n1 * n2 - u);
  const sides = alternative === "two-sided" ? 2 : 1;

  const notes: string[] = [];
  let pValue: number | null = null;
  let z: number | null = null;
  if (empty) {
    notes.push("a sample is empty");
  } else if (isPermuted) {
    pValue = rankSumPermutationPValue(first, second, alternative);
    notes.push("ties: p is exact given these ranks, by all ways to deal them to the samples");
  } else if (method === "exact") {
    pValue = Math.min(1, sides * new MannWhitneyDistribution(n1, n2).sf(Math.floor(upper)));
    if (ties) notes.push("ties: the exact distribution is that of untied ranks, so this p-value is approximate");
  } else {
    const all = n1 + n2;
    const deviation = Math.sqrt(((n1 * n2) / 12) * (all + 1 - tieTerm / (all * (all - 1))));
    const distance = upper - (n1 * n2) / 2 - (correction ? 0.5 : 0);
    if (deviation > 0) z = distance / deviation;
    // With no variance a corrected distance is below the centre by all standards: SciPy's z is then -Infinity and p is 1.
    if (z !== null) pValue = Math.min(1, sides * normalSf(z));
    else if (correction) pValue = 1;
    else notes.push("all values are equal, so no order of the samples is left to test");
  }
  return {
    statistic: empty ? null : u,
    pValue,
    n,
    n1,
    n2,
    ties,
    method,
    alternative,
    correction: correction && method === "asymptotic",
    z,
    rankBiserial: empty ? null : (2 * u) / (n1 * n2) - 1,
    notes,
  };
}

/** U of the first of two sorted samples, and the sum of t³ - t over groups of equal values in both together. */
function countU(x: Float64Array, y: Float64Array): { u: number; tieTerm: number } {
  let [i, j, u, tieTerm] = [0, 0, 0, 0];
  while (i < x.length || j < y.length) {
    const nextX = i < x.length ? x[i]! : Number.POSITIVE_INFINITY;
    const nextY = j < y.length ? y[j]! : Number.POSITIVE_INFINITY;
    const value = nextX < nextY ? nextX : nextY;
    const [fromI, fromJ] = [i, j];
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    u += (i - fromI) * (fromJ + (j - fromJ) / 2);
    const size = i - fromI + j - fromJ;
    tieTerm += size ** 3 - size;
  }
  return { u, tieTerm };
}
