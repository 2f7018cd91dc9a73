import type { Random } from "../../measure/statistics/random.ts";

/** The numbers 0 … n - 1 in an order of which each is equally likely (Fisher and Yates). */
export function permutation(n: number, random: Random): number[] {
  const all = Array.from({ length: n }, (_, index) => index);
  for (let last = n - 1; last > 0; last -= 1) {
    const chosen = random.below(last + 1);
    const moved = all[last] as number;
    all[last] = all[chosen] as number;
    all[chosen] = moved;
  }
  return all;
}

/**
 * The first row of a Williams square: 0, 1, n - 1, 2, n - 2 … Its neighbours differ by every number modulo n: for even n
 * by each once, for odd n by each once together with those of its mirror.
 */
const firstRow = (n: number): number[] =>
  Array.from({ length: n }, (_, column) => (column % 2 === 1 ? (column + 1) / 2 : (n - column / 2) % n));

/**
 * A Latin square of n rows in which each of 0 … n - 1 stands once in each row and once in each column, as E. J. Williams
 * built them (Australian Journal of Scientific Research A 2 (1949), 149 to 168). For even n each follows each other
 * once: it is balanced for first-order carry-over. For odd n that takes two squares, one the mirror of the other.
 */
function williamsSquare(n: number, isMirrored: boolean): number[][] {
  const row = isMirrored ? firstRow(n).reverse() : firstRow(n);
  return Array.from({ length: n }, (_, shift) => row.map((label) => (label + shift) % n));
}

/**
 * A Williams design, drawn at random: which treatment has which label, the order of rows in each square, and for odd n
 * which of the two squares comes first. n rows for even n, 2 n for odd n.
 */
export function randomWilliamsDesign(n: number, random: Random): number[][] {
  const labels = permutation(n, random);
  const mirrors = n % 2 === 0 ? [false] : random.below(2) === 0 ? [false, true] : [true, false];
  return mirrors.flatMap((isMirrored) => {
    const square = williamsSquare(n, isMirrored);
    return permutation(n, random).map((row) => (square[row] as number[]).map((label) => labels[label] as number));
  });
}
