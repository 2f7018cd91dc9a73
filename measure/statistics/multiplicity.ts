import { LabError } from "../../lib/errors.ts";

/**
 * Holm's adjusted p-values (S. Holm, Scandinavian Journal of Statistics 6 (1979), 65-70), in the order given. Rejecting where
 * one is at most alpha keeps the probability of any false rejection at most alpha, however the tests depend on each other.
 *
 * @throws LabError for a value outside [0, 1]
 */
export function holm(pValues: readonly number[]): number[] {
  const m = pValues.length;
  const order = ascending(pValues);
  const adjusted = new Array<number>(m);
  let highest = 0;
  for (const [rank, i] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (m - rank) * pValues[i]!));
    adjusted[i] = highest;
  }
  return adjusted;
}

/**
 * Benjamini and Hochberg's adjusted p-values (JRSS B 57 (1995), 289-300), in the order given. Rejecting where one is at most q
 * keeps the expected share of false rejections at most q for tests that are independent or positively dependent.
 *
 * @throws LabError for a value outside [0, 1]
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const m = pValues.length;
  const order = ascending(pValues);
  const adjusted = new Array<number>(m);
  let lowest = 1;
  for (let rank = m - 1; rank >= 0; rank--) {
    const i = order[rank]!;
    lowest = Math.min(lowest, (m / (rank + 1)) * pValues[i]!);
    adjusted[i] = lowest;
  }
  return adjusted;
}

function ascending(pValues: readonly number[]): number[] {
  for (const [i, p] of pValues.entries()) {
    if (!(p >= 0 && p <= 1))
      throw new LabError(`p-value ${i} is ${p}; adjust only tests that have one between 0 and 1`);
  }
  return [...pValues.keys()].sort((a, b) => pValues[a]! - pValues[b]! || a - b);
}
