import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kendall } from "../../../measure/statistics/kendall.ts";
import { mannWhitney } from "../../../measure/statistics/mann-whitney.ts";
import { ALTERNATIVES, type Alternative } from "../../../measure/statistics/options.ts";

/** U of the first sample: how many pairs have x > y, equal ones counting half. */
const countU = (x: readonly number[], y: readonly number[]) =>
  x.reduce((sum, a) => sum + y.reduce((beaten, b) => beaten + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0);

/** The p-value by writing down every way to deal the values to the samples. */
function enumerated(x: readonly number[], y: readonly number[], alternative: Alternative): number {
  const all = [...x, ...y];
  const found = countU(x, y);
  const dealt = Array.from({ length: 2 ** all.length }, (_, way) => way)
    .map((way) => all.map((_, i) => ((way >> i) & 1) === 1))
    .filter((isFirst) => isFirst.filter(Boolean).length === x.length)
    .map((isFirst) =>
      countU(
        all.filter((_, i) => isFirst[i]),
        all.filter((_, i) => !isFirst[i]),
      ),
    );
  const less = dealt.filter((u) => u <= found).length / dealt.length;
  const greater = dealt.filter((u) => u >= found).length / dealt.length;
  if (alternative === "two-sided") return Math.min(1, 2 * Math.min(less, greater));
  return alternative === "less" ? less : greater;
}

describe("the Mann-Whitney test with ties", () => {
  test("has the p-value of all ways to deal the values to the samples", () => {
    const values = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
    const property = fc.property(values, values, fc.constantFrom(...ALTERNATIVES), (x, y, alternative) => {
      const all = new Set([...x, ...y]).size;
      fc.pre(all > 1 && all < x.length + y.length);
      const { pValue, method, notes } = mannWhitney(x, y, { alternative });
      expect(pValue).toBeCloseTo(enumerated(x, y, alternative), 12);
      expect({ method, notes }).toEqual({ method: "exact", notes: [expect.stringMatching(/^ties: p is exact/)] });
    });
    fc.assert(property, { numRuns: 200 });
  });

  test.each([
    [3, 2 / 20],
    [4, 2 / 70],
    [5, 2 / 252],
    [20, 2 / 137_846_528_820],
  ])("of %i values against as many others has the least p-value there is", (n, least) => {
    expect(mannWhitney(Array(n).fill(1), Array(n).fill(2)).pValue).toBeCloseTo(least, 14);
  });

  test("has the normal limit from 21 values on, and where it is asked for, and none where all are equal", () => {
    expect(mannWhitney(Array(21).fill(1), Array(3).fill(2)).method).toBe("asymptotic");
    expect(mannWhitney([1, 1], [2, 2], { method: "asymptotic" }).method).toBe("asymptotic");
    expect(mannWhitney([1, 1], [1, 1]).pValue).toBeNull();
  });
});

test("the normal limit of Kendall's test with ties is said to be one where pairs are few", () => {
  const ranks = Array.from({ length: 13 }, (_, i) => i);
  const few = kendall([0, ...ranks.slice(0, 12)], ranks);
  expect(few.method).toBe("asymptotic");
  expect(few.notes).toEqual([expect.stringMatching(/^ties among 13 pairs: p is the normal limit's/)]);
  expect(kendall([1, 2, 3], [1, 3, 2]).notes).toEqual([]);
});

describe("Kendall's test with ties", () => {
  const orders = (values: readonly number[]): number[][] =>
    values.length < 2
      ? [[...values]]
      : values.flatMap((value, i) => orders(values.toSpliced(i, 1)).map((rest) => [value, ...rest]));
  const excess = (x: readonly number[], y: readonly number[]) =>
    x.reduce(
      (sum, a, i) => sum + x.slice(0, i).reduce((all, b, j) => all + Math.sign(a - b) * Math.sign(y[i]! - y[j]!), 0),
      0,
    );

  test("has an exact p up to twelve pairs, as counted over all permutations", () => {
    const few = kendall([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 5, 6]);
    expect(few).toMatchObject({ method: "exact", pValue: expect.closeTo(2 / 20, 12) });
    expect(few.notes).toEqual([expect.stringMatching(/^ties: p is exact given these/)]);
    const level = fc.integer({ min: 0, max: 3 });
    let tied = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(level, level), { minLength: 2, maxLength: 6 }), (pairs) => {
        const [x, y] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        const all = orders(y).map((order) => excess(x, order));
        const found = excess(x, y);
        const share = (isAsFar: (other: number) => boolean) => all.filter(isAsFar).length / all.length;
        const p = (alternative: "two-sided" | "less" | "greater") => kendall(x, y, { alternative });
        if (p("two-sided").pValue === null) return;
        if (p("two-sided").ties) tied++;
        expect(p("two-sided").pValue).toBeCloseTo(
          share((other) => Math.abs(other) >= Math.abs(found)),
          12,
        );
        expect(p("greater").pValue).toBeCloseTo(
          share((other) => other >= found),
          12,
        );
        expect(p("less").pValue).toBeCloseTo(
          share((other) => other <= found),
          12,
        );
      }),
      { numRuns: 60 },
    );
    expect(tied).toBeGreaterThan(20);
  });
});
