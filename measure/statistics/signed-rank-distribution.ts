import { LabError } from "../../lib/errors.ts";
import { SymmetricDistribution } from "./symmetric-distribution.ts";

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
export class SignedRankDistribution extends SymmetricDistribution {
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
    const max = n * skip + (n * (n + 1)) / 2;
    const half = Math.floor(max / 2);
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
    super(max, counts);
  }
}
