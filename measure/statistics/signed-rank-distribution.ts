import { LabError } from "../../lib/errors.ts";

/** Beyond this many ranks 2^-n leaves the range of a double, and the normal limit is as good as exact. */
const SIGNED_RANK_EXACT_LIMIT = 1000;

/**
 * The null distribution of the signed-rank statistic: the sum of those ranks whose difference is positive, each with
 * probability 1/2.
 *
 * `skip` leaves out the lowest ranks, so that the ranks are skip+1 … skip+n: Pratt's test ranks zeros and then drops them
 * (J. W. Pratt, "Remarks on Zeros and Ties in the Wilcoxon Signed Rank Procedures", JASA 54 (1959), 655-667).
 *
 * Counts by dynamic programming in doubles: exact integers up to 2^53, beyond that sums of positive terms only, so the
 * relative error of any tail stays below about n * 1e-16. Each tail is added up from its own end, never as 1 minus the other.
 */
export class SignedRankDistribution {
  /** The largest value of the statistic. */
  readonly max: number;
  readonly #cumulative: Float64Array;

  /**
   * @param n how many ranks may be positive, up to 1000
   * @throws LabError beyond that
   */
  constructor(n: number, skip = 0) {
    if (n > SIGNED_RANK_EXACT_LIMIT) {
      throw new LabError(
        `the exact signed-rank distribution goes up to ${SIGNED_RANK_EXACT_LIMIT} differences, not ${n}; use method asymptotic`,
      );
    }
    this.max = n * skip + (n * (n + 1)) / 2;
    const half = Math.floor(this.max / 2);
    const counts = new Float64Array(half + 1);
    counts[0] = 1;
    let reached = 0;
    for (let rank = skip + 1; rank <= skip + n; rank++) {
      reached = Math.min(half, reached + rank);
      for (let sum = reached; sum >= rank; sum--) counts[sum]! += counts[sum - rank]!;
    }
    const outcome = 2 ** -n;
    let total = 0;
    for (let sum = 0; sum <= half; sum++) {
      total += counts[sum]!;
      counts[sum] = total * outcome;
    }
    this.#cumulative = counts;
  }

  /** P(W <= k) for an integer k. */
  cdf(k: number): number {
    if (k < 0) return 0;
    if (k >= this.max) return 1;
    return k < this.#cumulative.length ? this.#cumulative[k]! : 1 - this.cdf(this.max - k - 1);
  }

  /** P(W >= k) for an integer k: the mass at k is part of it, as a p-value wants. */
  sf(k: number): number {
    return this.cdf(this.max - k);
  }

  /** The largest integer k with P(W <= k) <= p, or -1 where even P(W <= 0) is larger; p below 1/2. */
  lowerQuantile(p: number): number {
    let k = -1;
    while (k + 1 < this.#cumulative.length && this.#cumulative[k + 1]! <= p) k++;
    return k;
  }
}
