import { LabError } from "../../lib/errors.ts";
import { SymmetricDistribution } from "./symmetric-distribution.ts";

/** The exact distribution is tabulated up to this product of the two sample sizes (200 by 200). */
const MANN_WHITNEY_EXACT_LIMIT = 40_000;

/**
 * The null distribution of Mann and Whitney's U for untied samples of n1 and n2 values (H. B. Mann and D. R. Whitney,
 * Annals of Mathematical Statistics 18 (1947), 50-60).
 *
 * Their recurrence in probabilities: the largest value of all belongs to the first sample with probability i / (i + j) and
 * then beats all j of the second. Only positive terms are added, so tails keep their relative accuracy.
 */
export class MannWhitneyDistribution extends SymmetricDistribution {
  /** @throws LabError where n1 * n2 is beyond the limit */
  constructor(n1: number, n2: number) {
    if (n1 * n2 > MANN_WHITNEY_EXACT_LIMIT) {
      throw new LabError(
        `the exact Mann-Whitney distribution goes up to n1 * n2 = ${MANN_WHITNEY_EXACT_LIMIT}, not ${n1} * ${n2}; use method asymptotic`,
      );
    }
    const max = n1 * n2;
    const half = Math.floor(max / 2);
    const [few, many] = [Math.min(n1, n2), Math.max(n1, n2)];
    // rows[j] is the distribution of U for (i, j); going through i replaces it in place, from the top because it reads below.
    const rows = Array.from({ length: few + 1 }, () => new Float64Array(half + 1));
    for (const row of rows) row[0] = 1;
    for (let i = 1; i <= many; i++) {
      for (let j = 1; j <= few; j++) {
        const row = rows[j]!;
        const before = rows[j - 1]!;
        const first = i / (i + j);
        const second = j / (i + j);
        const top = Math.min(half, i * j);
        for (let u = top; u >= j; u--) row[u] = first * row[u - j]! + second * before[u]!;
        for (let u = Math.min(j - 1, top); u >= 0; u--) row[u] = second * before[u]!;
      }
    }
    const counts = rows[few]!;
    for (let u = 1; u <= half; u++) counts[u]! += counts[u - 1]!;
    super(max, counts);
  }
}
