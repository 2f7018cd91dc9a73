import { normalPValue } from "./normal.ts";
import { type Alternative, type Method, type ResolvedMethod, resolveMethod, type ZeroMethod } from "./options.ts";
import { finiteSample, pairedDifferences, type Sample } from "./samples.ts";
import { SignedRankDistribution } from "./signed-rank-distribution.ts";
import { PERMUTATION_LIMIT, permutationPValue } from "./signed-rank-permutation.ts";
import { type SignedRanks, signedRanks } from "./signed-ranks.ts";

export interface WilcoxonOptions {
  /** Default two-sided. `greater`: x tends to be larger than y. */
  alternative?: Alternative;
  /** Default wilcox. */
  zeroMethod?: ZeroMethod;
  /** Continuity correction of the normal limit; default false. */
  correction?: boolean;
  /** Default auto: exact when n <= 50 with no ties and no zeros, and with these, given the ranks, when n <= 20. */
  method?: Method;
}

export interface WilcoxonResult {
  /** The smaller rank sum when two-sided, the rank sum of the positive differences otherwise; null for n = 0. */
  statistic: number | null;
  /** Null where the data say nothing; `notes` has the reason. */
  pValue: number | null;
  /** Pairs given, before zeros are dropped. */
  n: number;
  zeros: number;
  ties: boolean;
  method: ResolvedMethod;
  alternative: Alternative;
  zeroMethod: ZeroMethod;
  /** Whether a continuity correction went into the p-value. */
  correction: boolean;
  /** The z statistic of the normal limit; null for the exact method. */
  z: number | null;
  rankSumPositive: number;
  rankSumNegative: number;
  /**
   * Matched-pairs rank-biserial correlation (positive - negative rank sum, over their total; D. S. Kerby, "The simple
   * difference formula", Comprehensive Psychology 3 (2014)): 1 where x is always larger, -1 where never. Null without ranks.
   */
  rankBiserial: number | null;
  notes: string[];
}

/**
 * Wilcoxon's signed-rank test of paired samples: is the distribution of x[i] - y[i] symmetric about 0?
 *
 * Definitions are those of SciPy's `wilcoxon`: zero methods, tie- and zero-corrected variance (E. E. Cureton, JASA 62 (1967),
 * 1068-1069, for Pratt's), and with `exact` and ties a rank sum rounded towards the centre, which keeps the test symmetric
 * in x and y. It departs from SciPy in two places, where SciPy is wrong: exact tails keep their relative accuracy, and
 * `exact` with Pratt's zeros uses the distribution of the ranks that are left. `auto` with ties or zeros is the permutation test up
 * to 20 differences, where the normal limit can fall below the least p that their number allows.
 *
 * @throws LabError for lengths that differ, values that are not finite, and exact beyond 1000 differences
 */
export function wilcoxon(x: Sample, y: Sample, options: WilcoxonOptions = {}): WilcoxonResult {
  return test(pairedDifferences(x, y), options);
}

/** The same test of differences formed already, or of one sample about 0; subtract another centre first. */
export function wilcoxonOfDifferences(differences: Sample, options: WilcoxonOptions = {}): WilcoxonResult {
  return test(finiteSample(differences, "differences"), options);
}

function test(differences: Float64Array, options: WilcoxonOptions): WilcoxonResult {
  const { alternative = "two-sided", zeroMethod = "wilcox", correction = false } = options;
  const ranks = signedRanks(differences, zeroMethod);
  const { n, zeros, tied, rankSumPositive, rankSumNegative } = ranks;
  const isPermuted =
    (options.method ?? "auto") === "auto" && (tied || zeros > 0) && zeros < n && n <= PERMUTATION_LIMIT;
  const method = isPermuted ? "exact" : resolveMethod(options.method ?? "auto", n, tied || zeros > 0);
  const notes: string[] = [];
  const { pValue, z } =
    n === 0
      ? { pValue: null, z: null }
      : isPermuted
        ? { pValue: permutationPValue(differences, zeroMethod, alternative), z: null }
        : method === "exact"
          ? { pValue: exactPValue(ranks, zeroMethod, alternative), z: null }
          : asymptotic(ranks, zeroMethod, alternative, correction);

  if (n === 0) notes.push("there are no pairs");
  else if (pValue === null) notes.push("every pair is equal, so no difference has a sign to test");
  if (pValue !== null && isPermuted)
    notes.push("ties or zeros: p is exact given these ranks, by all ways to give them signs");
  if (n > 0 && method === "exact" && !isPermuted && (tied || (zeros > 0 && zeroMethod === "zsplit"))) {
    notes.push("ties or split zeros: the exact distribution is that of untied ranks, so this p-value is approximate");
  }
  const total = rankSumPositive + rankSumNegative;
  return {
    statistic:
      n === 0 ? null : alternative === "two-sided" ? Math.min(rankSumPositive, rankSumNegative) : rankSumPositive,
    pValue,
    n,
    zeros,
    ties: tied,
    method,
    alternative,
    zeroMethod,
    correction: correction && method === "asymptotic",
    z,
    rankSumPositive,
    rankSumNegative,
    rankBiserial: total === 0 ? null : (rankSumPositive - rankSumNegative) / total,
    notes,
  };
}

function exactPValue(ranks: SignedRanks, zeroMethod: ZeroMethod, alternative: Alternative): number {
  const skip = zeroMethod === "pratt" ? ranks.zeros : 0;
  const distribution = new SignedRankDistribution(ranks.ranked - skip, skip);
  const less = distribution.cdf(Math.ceil(ranks.rankSumPositive));
  const greater = distribution.sf(Math.floor(ranks.rankSumPositive));
  if (alternative === "two-sided") return Math.min(1, 2 * Math.min(less, greater));
  return alternative === "less" ? less : greater;
}

function asymptotic(
  ranks: SignedRanks,
  zeroMethod: ZeroMethod,
  alternative: Alternative,
  correction: boolean,
): { pValue: number | null; z: number | null } {
  const { ranked, rankSumPositive, tieTerm } = ranks;
  const dropped = zeroMethod === "pratt" ? ranks.zeros : 0;
  const mean = (ranked * (ranked + 1) - dropped * (dropped + 1)) / 4;
  const cubes = (m: number) => m * (m + 1) * (2 * m + 1);
  const deviation = Math.sqrt((cubes(ranked) - cubes(dropped) - tieTerm / 2) / 24);
  if (deviation === 0) return { pValue: null, z: null };
  const distance = rankSumPositive - mean;
  const towards = alternative === "two-sided" ? Math.sign(distance) : alternative === "greater" ? 1 : -1;
  const z = (distance - (correction ? towards * 0.5 : 0)) / deviation;
  return { pValue: normalPValue(z, alternative), z };
}
