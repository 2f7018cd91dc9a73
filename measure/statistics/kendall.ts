import { LabError } from "../../lib/errors.ts";
import { countDiscordance } from "./discordance.ts";
import { kendallCdf } from "./kendall-distribution.ts";
import { excessDistribution, KENDALL_PERMUTATION_LIMIT } from "./kendall-permutation.ts";
import { normalPValue } from "./normal.ts";
import { type Alternative, type KendallVariant, type Method, type ResolvedMethod, resolveMethod } from "./options.ts";
import { finiteSample, requireSameLength, type Sample } from "./samples.ts";

/** Below so many pairs p with ties is said to be the normal limit's, where it is. */
const FEW_PAIRS = 20;

export interface KendallOptions {
  /** Default two-sided. `greater`: a positive association. */
  alternative?: Alternative;
  /** Default b. Variant c is for tables with unequal numbers of distinct values. */
  variant?: KendallVariant;
  /** Default auto: exact when n <= 50 with no ties, and with these, given the ties, when n <= 12. */
  method?: Method;
}

export interface KendallResult {
  /** Tau; null where a sample has fewer than two distinct values. */
  statistic: number | null;
  /** Null where tau is. The same for both variants. */
  pValue: number | null;
  n: number;
  ties: boolean;
  method: ResolvedMethod;
  alternative: Alternative;
  variant: KendallVariant;
  z: number | null;
  concordant: number;
  discordant: number;
  notes: string[];
}

/**
 * Kendall's rank correlation tau-b or tau-c by the definitions of SciPy's `kendalltau`. O(n log n) (W. R. Knight, "A Computer
 * Method for Calculating Kendall's Tau with Ungrouped Data", JASA 61 (1966), 436-439).
 *
 * @throws LabError for lengths that differ, values that are not finite, exact with ties, and exact beyond 1000 pairs
 */
export function kendall(x: Sample, y: Sample, options: KendallOptions = {}): KendallResult {
  const { alternative = "two-sided", variant = "b" } = options;
  requireSameLength(x, y);
  const n = x.length;
  const { discordant, tiesX, tiesY, jointTies } = countDiscordance(finiteSample(x, "x"), finiteSample(y, "y"));
  const ties = tiesX.pairs > 0 || tiesY.pairs > 0;
  const isPermuted = (options.method ?? "auto") === "auto" && ties && n <= KENDALL_PERMUTATION_LIMIT;
  const method = isPermuted ? "exact" : resolveMethod(options.method ?? "auto", n, ties);
  const total = (n * (n - 1)) / 2;
  const excess = total - tiesX.pairs - tiesY.pairs + jointTies - 2 * discordant;
  const result: KendallResult = {
    statistic: null,
    pValue: null,
    n,
    ties,
    method,
    alternative,
    variant,
    z: null,
    concordant: excess + discordant,
    discordant,
    notes: [],
  };
  if (n < 2 || tiesX.pairs === total || tiesY.pairs === total) {
    result.notes.push(
      n < 2
        ? `a correlation needs at least two pairs, not ${n}`
        : "a sample has only one distinct value, so there is no order to correlate",
    );
    return result;
  }

  const classes = Math.min(tiesX.distinct, tiesY.distinct);
  const tau =
    variant === "b"
      ? excess / Math.sqrt(total - tiesX.pairs) / Math.sqrt(total - tiesY.pairs)
      : (2 * excess) / ((n * n * (classes - 1)) / classes);
  result.statistic = Math.min(1, Math.max(-1, tau));
  if (isPermuted) {
    result.pValue = permutationPValue(excess, excessDistribution(x, y), alternative);
    result.notes.push("ties: p is exact given these, by all ways to put the values side by side");
    return result;
  }
  if (method === "exact") {
    if (ties) {
      throw new LabError(
        "the exact Kendall test is defined for samples without ties only; use method asymptotic or auto",
      );
    }
    result.pValue = exactPValue(discordant, n, alternative);
    return result;
  }
  const m = n * (n - 1);
  // With two pairs there are no triples of ties, and 0/0 stands for that absent term.
  const triples = n > 2 ? (tiesX.triples * tiesY.triples) / (9 * m * (n - 2)) : 0;
  const variance = (m * (2 * n + 5) - tiesX.spread - tiesY.spread) / 18 + (2 * tiesX.pairs * tiesY.pairs) / m + triples;
  result.z = excess / Math.sqrt(variance);
  result.pValue = normalPValue(result.z, alternative);
  if (ties && n < FEW_PAIRS)
    result.notes.push(
      `ties among ${n} pairs: p is the normal limit's, and may be below the least that so few pairs can have`,
    );
  return result;
}

/** The share of permutations whose excess lies as far out as the one that was found. */
function permutationPValue(excess: number, ways: ReadonlyMap<number, number>, alternative: Alternative): number {
  const isAsFar: Record<Alternative, (other: number) => boolean> = {
    greater: (other) => other >= excess,
    less: (other) => other <= excess,
    "two-sided": (other) => Math.abs(other) >= Math.abs(excess),
  };
  let [outside, all] = [0, 0];
  for (const [other, count] of ways) {
    all += count;
    if (isAsFar[alternative](other)) outside += count;
  }
  return outside / all;
}

function exactPValue(discordant: number, n: number, alternative: Alternative): number {
  const concordant = (n * (n - 1)) / 2 - discordant;
  // Few discordant pairs speak for a positive association; the distribution of both counts is the same.
  if (alternative === "greater") return kendallCdf(discordant, n);
  if (alternative === "less") return kendallCdf(concordant, n);
  return Math.min(1, 2 * kendallCdf(Math.min(discordant, concordant), n));
}
