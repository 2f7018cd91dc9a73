import { LabError } from "../../lib/errors.ts";

/** The exact distribution is tabulated up to this many pairs. */
const KENDALL_EXACT_LIMIT = 1000;

/**
 * P(D <= k) for D, the discordant pairs of two independent untied rankings of n (the inversions of a random permutation;
 * M. G. Kendall, "Rank Correlation Methods", 4th ed. (1970), chapter 5).
 *
 * Putting the j-th element in place adds 0 … j-1 inversions with equal probability, so each step is a moving mean of j
 * terms. The upper half follows from symmetry.
 *
 * @throws LabError for n beyond 1000
 */
export function kendallCdf(k: number, n: number): number {
  if (n > KENDALL_EXACT_LIMIT) {
    throw new LabError(
      `the exact Kendall distribution goes up to ${KENDALL_EXACT_LIMIT} pairs, not ${n}; use method asymptotic`,
    );
  }
  const max = (n * (n - 1)) / 2;
  if (k < 0) return 0;
  if (k >= max) return 1;
  if (2 * k >= max) return 1 - kendallCdf(max - k - 1, n);

  let mass = new Float64Array(k + 1);
  let next = new Float64Array(k + 1);
  mass[0] = 1;
  for (let j = 2; j <= n; j++) {
    // Left of the mode the masses rise, so the window's newest terms outweigh what leaves it and little cancels.
    const top = Math.min(k, (j * (j - 1)) / 2);
    let window = 0;
    for (let d = 0; d <= top; d++) {
      window += mass[d]!;
      if (d >= j) window -= mass[d - j]!;
      next[d] = window / j;
    }
    [mass, next] = [next, mass];
  }
  return mass.reduce((sum, probability) => sum + probability, 0);
}
