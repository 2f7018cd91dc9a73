import type { QuantilePosition } from "./quantiles.ts";
import type { Random } from "./random.ts";

/**
 * Draws which of n sorted values a resample of n, with replacement, has at a quantile's position, without drawing the resample.
 *
 * The k-th smallest of n uniform numbers is Beta(k, n + 1 - k) distributed; u falls on the value number floor(n u). The
 * next smallest lies above it as the least of n - k uniform numbers would. This is the distribution of plain
 * resampling exactly, at a cost that does not grow with n.
 *
 * @returns the 0-based places, among the n values, of the resample's order statistics `index` and `index + 1`
 */
export function drawOrderStatistics(n: number, position: QuantilePosition, random: Random): [number, number] {
  const k = position.index + 1;
  const place = (u: number) => Math.min(n - 1, Math.floor(n * u));
  const first = drawBeta(k, n + 1 - k, random);
  if (position.weight === 0) return [place(first), place(first)];
  const gap = 1 - (1 - random.uniform()) ** (1 / (n - k));
  return [place(first), place(first + (1 - first) * gap)];
}

function drawBeta(a: number, b: number, random: Random): number {
  const first = drawGamma(a, random);
  return first / (first + drawGamma(b, random));
}

/** Gamma of shape >= 1 and scale 1 (G. Marsaglia and W. W. Tsang, ACM TOMS 26 (2000), 363-372). */
function drawGamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = drawNormal(random);
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < (z * z) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Marsaglia's polar method; the second number of each pair is not kept, so that a draw has no state but the generator's. */
function drawNormal(random: Random): number {
  for (;;) {
    const x = 2 * random.uniform() - 1;
    const y = 2 * random.uniform() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}
