import type { ZeroMethod } from "./options.ts";
import { sortedCopy } from "./sorting.ts";

/** What the signed-rank test needs to know of a set of differences. */
export interface SignedRanks {
  /** Differences given. */
  n: number;
  /** Differences that were ranked: without zeros for `wilcox`, all otherwise. */
  ranked: number;
  zeros: number;
  /** Whether two differences other than zeros have one absolute value. */
  tied: boolean;
  /** Sum of the ranks of the positive differences, and of half the zeros' ranks for `zsplit`. */
  rankSumPositive: number;
  rankSumNegative: number;
  /** Sum of t³ - t over groups of equal absolute values; the group of zeros only for `zsplit`. */
  tieTerm: number;
}

/**
 * Ranks absolute differences, ties sharing their mean rank, and adds the ranks up by sign. O(n log n).
 *
 * Sorting the signed differences once puts the negative ones, read backwards, and the positive ones, read forwards, each
 * in order of absolute value, so one merge of the two gives every rank sum without carrying signs through the sort.
 *
 * @param differences finite values without -0
 */
export function signedRanks(differences: Float64Array, zeroMethod: ZeroMethod): SignedRanks {
  const n = differences.length;
  const sorted = sortedCopy(differences);
  let negative = 0;
  while (negative < n && sorted[negative]! < 0) negative++;
  let positive = negative;
  while (positive < n && sorted[positive] === 0) positive++;

  const zeros = positive - negative;
  const counted = zeroMethod === "wilcox" ? 0 : zeros;
  let [plus, minus, tieTerm] = [0, 0, 0];
  let rank = counted;
  let tied = false;
  if (zeroMethod === "zsplit") {
    plus = minus = (zeros * (zeros + 1)) / 4;
    tieTerm = zeros ** 3 - zeros;
  }

  let down = negative - 1;
  let up = positive;
  while (down >= 0 || up < n) {
    const below = down >= 0 ? -sorted[down]! : Number.POSITIVE_INFINITY;
    const above = up < n ? sorted[up]! : Number.POSITIVE_INFINITY;
    const value = below < above ? below : above;
    const [downFrom, upFrom] = [down, up];
    while (down >= 0 && -sorted[down]! === value) down--;
    while (up < n && sorted[up] === value) up++;
    const size = downFrom - down + up - upFrom;
    const mean = rank + (size + 1) / 2;
    plus += (up - upFrom) * mean;
    minus += (downFrom - down) * mean;
    rank += size;
    if (size > 1) {
      tied = true;
      tieTerm += size ** 3 - size;
    }
  }
  return { n, ranked: n - zeros + counted, zeros, tied, rankSumPositive: plus, rankSumNegative: minus, tieTerm };
}
