import type { Alternative } from "./options.ts";

/** `auto` takes the permutation distribution for ties up to this many values in each sample; beyond, the normal limit serves. */
export const RANK_SUM_PERMUTATION_LIMIT = 20;

/**
 * The exact p-value of the Mann-Whitney test given these very ranks, tied ones too: each way to deal them to the two samples is equally
 * likely (SciPy: `mannwhitneyu` with `method=PermutationMethod()`). Two-sided it is never below 2 / (n1 + n2 over n1), which the
 * normal limit can be.
 *
 * @param x and y at most 20 finite values each, not all of them equal
 */
export function rankSumPermutationPValue(x: Float64Array, y: Float64Array, alternative: Alternative): number {
  const all = [...x, ...y];
  // Doubled mean ranks are whole numbers with ties too.
  const ranks = all.map((value) => {
    const smaller = all.filter((other) => other < value).length;
    return 2 * smaller + all.filter((other) => other === value).length + 1;
  });
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const found = ranks.slice(0, x.length).reduce((sum, rank) => sum + rank, 0);
  // ways[k][sum]: in how many ways k of the ranks have this sum. Whole numbers below 2^53 for twice 20 values.
  const ways = Array.from({ length: x.length + 1 }, () => new Float64Array(total + 1));
  (ways[0] as Float64Array)[0] = 1;
  for (const rank of ranks)
    for (let k = x.length; k >= 1; k--) {
      const [more, fewer] = [ways[k] as Float64Array, ways[k - 1] as Float64Array];
      for (let sum = total; sum >= rank; sum--) more[sum] = (more[sum] as number) + (fewer[sum - rank] as number);
    }
  const dealt = ways[x.length] as Float64Array;
  const countOf = (from: number, to: number) => dealt.slice(from, to).reduce((sum, count) => sum + count, 0);
  const everyWay = countOf(0, total + 1);
  const less = countOf(0, found + 1) / everyWay;
  const greater = countOf(found, total + 1) / everyWay;
  if (alternative === "two-sided") return Math.min(1, 2 * Math.min(less, greater));
  return alternative === "less" ? less : greater;
}
