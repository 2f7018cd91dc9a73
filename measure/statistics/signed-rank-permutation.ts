import type { Alternative, ZeroMethod } from "./options.ts";

/** `auto` takes the permutation distribution for ties and zeros up to this many differences; beyond, the normal limit serves. */
export const PERMUTATION_LIMIT = 20;

/** Doubled mean ranks of the differences that have a sign, which are whole numbers with ties too, and of the positive ones their sum. */
function doubledRanks(differences: Float64Array, zeroMethod: ZeroMethod): { ranks: number[]; positive: number } {
  const signed = differences.filter((value) => value !== 0);
  const below = zeroMethod === "wilcox" ? 0 : differences.length - signed.length;
  const sizes = signed.map(Math.abs);
  const ranks = Array.from(sizes, (size) => {
    const smaller = sizes.filter((other) => other < size).length;
    const equal = sizes.filter((other) => other === size).length;
    return 2 * (below + smaller) + equal + 1;
  });
  return { ranks, positive: ranks.reduce((sum, rank, i) => sum + ((signed[i] as number) > 0 ? rank : 0), 0) };
}

/**
 * The exact p-value of the signed-rank test given these very ranks, tied or beside zeros: each of the 2^n ways to give the ranks
 * signs is equally likely (SciPy: `wilcoxon` with `method=PermutationMethod()`). It is never below 2^(1-n) when two-sided. Zeros have
 * no sign: what `zsplit` adds for them to both sums moves neither tail.
 *
 * @param differences at most 20 finite values
 * @returns null where every difference is 0
 */
export function permutationPValue(
  differences: Float64Array,
  zeroMethod: ZeroMethod,
  alternative: Alternative,
): number | null {
  const { ranks, positive } = doubledRanks(differences, zeroMethod);
  if (ranks.length === 0) return null;
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (const rank of ranks)
    for (let sum = total; sum >= rank; sum--) ways[sum] = (ways[sum] as number) + (ways[sum - rank] as number);
  const share = (from: number, to: number) =>
    ways.slice(from, to + 1).reduce((all, count) => all + count, 0) / 2 ** ranks.length;
  const less = share(0, positive);
  const greater = share(positive, total);
  if (alternative === "two-sided") return Math.min(1, 2 * Math.min(less, greater));
  return alternative === "less" ? less : greater;
}
