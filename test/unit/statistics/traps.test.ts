import { describe, expect, test } from "vitest";
import { kendall } from "../../../measure/statistics/kendall.ts";
import { mannWhitney } from "../../../measure/statistics/mann-whitney.ts";
import { wilcoxon, wilcoxonOfDifferences } from "../../../measure/statistics/wilcoxon.ts";
import { cpuMs } from "../../support/cpu-time.ts";
import { expectClose } from "./fixtures.ts";

const repeat = (value: number, times: number) => new Array<number>(times).fill(value);

describe("mistakes SciPy made", () => {
  // github.com/scipy/scipy/issues/19872: cutting the tied rank sum made "x > y" and "y < x" differ.
  test("exact with ties does not depend on which sample comes first", () => {
    const x = [62, 66, 61, 68, 74, 62, 68, 62, 55, 59];
    const y = [71, 71, 69, 61, 75, 71, 77, 72, 62, 65];
    const less = wilcoxon(x, y, { alternative: "less", method: "exact" });
    const greater = wilcoxon(y, x, { alternative: "greater", method: "exact" });
    expect(less.pValue).toBe(greater.pValue);
    expectClose(less.pValue, 0.009765625, 1e-9, "as SciPy since the repair");
    expect(less.notes.join()).toContain("approximate");
  });

  // github.com/scipy/scipy/issues/13689: ties of ranks were not noticed, and the untied distribution used as if exact.
  test("auto notices ties of ranks, and exact says that it is approximate", () => {
    const tied = wilcoxonOfDifferences([1, 1, 2, 3, 4], { correction: true, method: "asymptotic" });
    expect(tied).toMatchObject({ ties: true, zeros: 0, method: "asymptotic" });
    // By enumeration: 2 of the 32 ways to give five ranks signs.
    expect(wilcoxonOfDifferences([1, 1, 2, 3, 4])).toMatchObject({ ties: true, method: "exact", pValue: 0.0625 });
    expectClose(tied.pValue, 0.05791, 1e-4, "as R's wilcox.test(c(1, 1:4))");
    expectClose(
      wilcoxonOfDifferences([0, 1, 2, 3, 4], { correction: true, method: "asymptotic" }).pValue,
      0.1003,
      1e-3,
      "as R with a zero",
    );
    expect(wilcoxonOfDifferences([1, 1, 2, 3, 4], { method: "exact" }).notes).toHaveLength(1);
  });

  // github.com/scipy/scipy/issues/10223: Pratt's zeros pulled a balanced sample to significance.
  test("Pratt's zeros do not unbalance wins and losses", () => {
    for (const zeros of [0, 18, 34, 40]) {
      const differences = [...repeat(1, 15), ...repeat(0, zeros), ...repeat(-1, 15)];
      for (const method of ["asymptotic", "exact"] as const) {
        const { pValue } = wilcoxonOfDifferences(differences, { zeroMethod: "pratt", method });
        expect(pValue, `${zeros} zeros, ${method}`).toBe(1);
      }
    }
  });

  test("exact with Pratt's zeros is exact, and says nothing else", () => {
    const { pValue, notes } = wilcoxonOfDifferences([0, 0, 1, 2, 3], { zeroMethod: "pratt", method: "exact" });
    expect({ pValue, notes }).toEqual({ pValue: 0.25, notes: [] });
  });

  // github.com/scipy/scipy/issues/6805: a sample against itself came out significant with Pratt's zeros.
  test("identical samples are never evidence", () => {
    const x = [29.39958, 29.21756, 29.350915, 29.34911, 29.212635];
    for (const zeroMethod of ["wilcox", "pratt"] as const) {
      const result = wilcoxon(x, x, { zeroMethod, correction: true });
      expect(result).toMatchObject({ statistic: 0, pValue: null, zeros: 5, method: "asymptotic" });
      expect(result.notes.join()).toContain("every pair is equal");
      expect(wilcoxon(x, x, { zeroMethod, method: "exact" }).pValue).toBe(1);
    }
    expect(wilcoxon(x, x, { zeroMethod: "zsplit" }).pValue).toBe(1);
  });

  // The same issue: with zeros among other differences mean and variance have to lose their ranks.
  test("the normal limit of Pratt's test is corrected for zeros", () => {
    const differences = [0, 0, 1, -2, 3, 4, 5, 6, -7, 8];
    const { rankSumPositive, z } = wilcoxonOfDifferences(differences, { zeroMethod: "pratt", method: "asymptotic" });
    const ranks = [3, 4, 5, 6, 7, 8, 9, 10];
    const mean = ranks.reduce((sum, rank) => sum + rank / 2, 0);
    const variance = ranks.reduce((sum, rank) => sum + rank ** 2 / 4, 0);
    expectClose(z, (rankSumPositive - mean) / Math.sqrt(variance), 1e-14, "z");
    const single = wilcoxon([1, 2, 3, 4], [1, 2, 3, 5], { zeroMethod: "pratt", method: "asymptotic" });
    expectClose(single.pValue, 0.31731050786291415, 1e-12, "as R's package coin");
  });

  // github.com/scipy/scipy/issues/26026: the upper tail was 1 minus the lower one, and vanished.
  test("an exact p-value is never 0", () => {
    for (const [n, expected] of [
      [50, 2 ** -50],
      [60, 2 ** -60],
      [100, 2 ** -100],
      [1000, 2 ** -1000],
    ] as const) {
      const positive = Array.from({ length: n }, (_, i) => i + 1);
      expect(wilcoxonOfDifferences(positive, { method: "exact", alternative: "greater" }).pValue).toBe(expected);
      expect(wilcoxonOfDifferences(positive, { method: "exact" }).pValue).toBe(2 * expected);
    }
    const large = Array.from({ length: 20 }, (_, i) => i + 100);
    const small = Array.from({ length: 20 }, (_, i) => i);
    expectClose(mannWhitney(large, small).pValue, 2 / 137846528820, 1e-12, "2 / C(40, 20)");
    expectClose(kendall(small, large, { alternative: "greater" }).pValue, 1 / 2432902008176640000, 1e-12, "1 / 20!");
  });
});

describe("mistakes @stdlib/stats-wilcoxon 0.2.3 makes", () => {
  test("a p-value is at most 1", () => {
    expect(wilcoxonOfDifferences([1, 2, -3]).pValue).toBe(1);
  });

  test("about another centre, the zeros are the values that equal it", () => {
    const values = [0, 1, 3, 3, 6, 9];
    const result = wilcoxon(values, repeat(3, values.length));
    expect(result).toMatchObject({ n: 6, zeros: 2 });
    expect(result.statistic).toBe(3.5);
  });

  test("exact is not replaced silently under ties", () => {
    expect(wilcoxonOfDifferences([1, 1, -2, 3], { method: "exact" }).method).toBe("exact");
  });

  test("a hundred thousand pairs take well under a second of CPU", () => {
    const differences = Float64Array.from({ length: 100_000 }, (_, i) => ((i * 48271) % 99991) - 45000);
    const before = process.cpuUsage();
    wilcoxonOfDifferences(differences);
    expect(cpuMs(before)).toBeLessThan(1000);
  });
});
