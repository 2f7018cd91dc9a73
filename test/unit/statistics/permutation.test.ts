import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wilcoxonOfDifferences } from "../../../measure/statistics/wilcoxon.ts";

/** Mean ranks of absolute values, after as many ranks as zeros take. */
function meanRanks(sizes: readonly number[], below: number): number[] {
  const sorted = [...sizes].sort((a, b) => a - b);
  return sizes.map((size) => below + (sorted.indexOf(size) + sorted.lastIndexOf(size)) / 2 + 1);
}

/** The two-sided p-value by writing down every way to give the ranks signs. */
function enumerated(differences: readonly number[], zeroMethod: "wilcox" | "pratt"): number {
  const signed = differences.filter((value) => value !== 0);
  const ranks = meanRanks(signed.map(Math.abs), zeroMethod === "pratt" ? differences.length - signed.length : 0);
  const sumOf = (isPositive: (i: number) => boolean) =>
    ranks.reduce((sum, rank, i) => sum + (isPositive(i) ? rank : 0), 0);
  const found = sumOf((i) => (signed[i] as number) > 0);
  const all = Array.from({ length: 2 ** ranks.length }, (_, way) => sumOf((i) => ((way >> i) & 1) === 1));
  const share = (isBeyond: (sum: number) => boolean) => all.filter(isBeyond).length / all.length;
  return Math.min(
    1,
    2 *
      Math.min(
        share((sum) => sum <= found),
        share((sum) => sum >= found),
      ),
  );
}

describe("the signed-rank test with ties or zeros", () => {
  test("has the p-value of all ways to give the ranks signs", () => {
    const tied = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 9 });
    const property = fc.property(
      tied,
      fc.constantFrom("wilcox" as const, "pratt" as const),
      (differences, zeroMethod) => {
        fc.pre(differences.some((value) => value !== 0));
        const { pValue } = wilcoxonOfDifferences(differences, { zeroMethod });
        expect(pValue).toBeCloseTo(enumerated(differences, zeroMethod), 12);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  test.each([3, 4, 5, 6, 20])("of %i equal differences has the least p-value there is", (n) => {
    const result = wilcoxonOfDifferences(Array(n).fill(1));
    expect(result).toMatchObject({ pValue: 2 ** (1 - n), method: "exact", z: null });
  });

  test("has the normal limit from 21 differences on, and where it is asked for", () => {
    expect(wilcoxonOfDifferences(Array(21).fill(1)).method).toBe("asymptotic");
    expect(wilcoxonOfDifferences([1, 1, 1], { method: "asymptotic" }).method).toBe("asymptotic");
  });
});
