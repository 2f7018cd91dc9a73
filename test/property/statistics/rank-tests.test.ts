import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kendall } from "../../../measure/statistics/kendall.ts";
import { mannWhitney } from "../../../measure/statistics/mann-whitney.ts";
import { ZERO_METHODS } from "../../../measure/statistics/options.ts";
import { wilcoxon, wilcoxonOfDifferences } from "../../../measure/statistics/wilcoxon.ts";

/** Small integers, so that ties and zeros are common. */
const coarse = fc.integer({ min: -6, max: 6 });
const pairs = fc.array(fc.tuple(coarse, coarse), { minLength: 1, maxLength: 40 });
/** Distinct magnitudes with signs: no ties, no zeros. */
const untied = (maxLength: number) =>
  fc
    .uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength })
    .chain((sizes) =>
      fc
        .array(fc.boolean(), { minLength: sizes.length, maxLength: sizes.length })
        .map((signs) => sizes.map((size, i) => (signs[i] ? size : -size))),
    );
const permutation = (maxLength: number) =>
  fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength });
const split = (values: [number, number][]) => [values.map(([x]) => x), values.map(([, y]) => y)] as const;

describe("Wilcoxon", () => {
  test("exchanging the samples exchanges the alternatives", () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(...ZERO_METHODS), fc.boolean(), (values, zeroMethod, correction) => {
        const [x, y] = split(values);
        const options = { zeroMethod, correction };
        const [there, back] = [wilcoxon(x, y, options), wilcoxon(y, x, options)];
        expect(back.pValue).toBe(there.pValue);
        expect(back.statistic).toBe(there.statistic);
        expect(back.rankBiserial ?? 0).toBe(-(there.rankBiserial ?? 0) + 0);
        const less = wilcoxon(x, y, { ...options, alternative: "less" });
        const greater = wilcoxon(y, x, { ...options, alternative: "greater" });
        expect(greater.pValue).toBe(less.pValue);
      }),
      { numRuns: 500 },
    );
  });

  test("order of pairs and scale do not matter", () => {
    fc.assert(
      fc.property(pairs, fc.nat(), (values, at) => {
        const [x, y] = split(values);
        const turned = [...values.slice(at % values.length), ...values.slice(0, at % values.length)];
        const [x2, y2] = split(turned);
        const expected = wilcoxon(x, y);
        expect(wilcoxon(x2, y2)).toEqual(expected);
        expect(
          wilcoxon(
            x.map((value) => value * 8),
            y.map((value) => value * 8),
          ),
        ).toEqual(expected);
      }),
    );
  });

  test("the exact p-value is the share of sign patterns", () => {
    fc.assert(
      fc.property(untied(9), (differences) => {
        const n = differences.length;
        const ranks = differences.map((d) => differences.filter((other) => Math.abs(other) <= Math.abs(d)).length);
        const observed = ranks.reduce((sum, rank, i) => sum + (differences[i]! > 0 ? rank : 0), 0);
        let [less, greater] = [0, 0];
        for (let signs = 0; signs < 2 ** n; signs++) {
          const sum = ranks.reduce((total, rank, i) => total + ((signs >> i) & 1 ? rank : 0), 0);
          if (sum <= observed) less++;
          if (sum >= observed) greater++;
        }
        expect(wilcoxonOfDifferences(differences, { alternative: "less" }).pValue).toBe(less / 2 ** n);
        expect(wilcoxonOfDifferences(differences, { alternative: "greater" }).pValue).toBe(greater / 2 ** n);
        const both = wilcoxonOfDifferences(differences);
        expect(both.pValue).toBe(Math.min(1, (2 * Math.min(less, greater)) / 2 ** n));
      }),
    );
  });

  test("p-values are probabilities, and one-sided ones add up to 1 in the normal limit", () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(...ZERO_METHODS), (values, zeroMethod) => {
        const [x, y] = split(values);
        const options = { zeroMethod, method: "asymptotic" as const };
        const less = wilcoxon(x, y, { ...options, alternative: "less" }).pValue;
        const greater = wilcoxon(x, y, { ...options, alternative: "greater" }).pValue;
        const both = wilcoxon(x, y, options).pValue;
        if (less === null || greater === null || both === null) return;
        expect(less + greater).toBeCloseTo(1, 12);
        expect(both).toBeCloseTo(2 * Math.min(less, greater), 12);
        expect(both).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("Mann-Whitney", () => {
  const sample = fc.array(coarse, { minLength: 1, maxLength: 25 });

  test("U counts pairs, and the two U add up to all of them", () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const counted = x.reduce((sum, a) => sum + y.reduce((s, b) => s + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0);
        const [there, back] = [mannWhitney(x, y), mannWhitney(y, x)];
        expect(there.statistic).toBe(counted);
        expect(back.statistic).toBe(x.length * y.length - counted);
        expect(back.pValue).toBe(there.pValue);
      }),
    );
  });

  test("a monotone transform changes nothing", () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const warp = (value: number) => Math.exp(value) + value ** 3;
        const options = { alternative: "less" as const };
        expect(mannWhitney(x.map(warp), y.map(warp), options)).toEqual(mannWhitney(x, y, options));
      }),
    );
  });

  test("the exact p-value is the share of ways to choose the first sample's ranks", () => {
    fc.assert(
      fc.property(permutation(9), fc.nat(), (values, cut) => {
        const n1 = 1 + (cut % (values.length - 1));
        const [x, y] = [values.slice(0, n1), values.slice(n1)];
        const { statistic, pValue } = mannWhitney(x, y, { alternative: "greater", method: "exact" });
        let [ways, extreme] = [0, 0];
        for (let chosen = 0; chosen < 2 ** values.length; chosen++) {
          const inside = values.map((_, i) => (chosen >> i) & 1);
          if (inside.reduce((sum, bit) => sum + bit, 0) !== n1) continue;
          ways++;
          // Places stand for ranks: U counts the unchosen places below each chosen one.
          const u = inside.reduce(
            (sum, bit, i) => sum + (bit ? inside.slice(0, i).filter((other) => !other).length : 0),
            0,
          );
          if (u >= statistic!) extreme++;
        }
        expect(pValue).toBeCloseTo(extreme / ways, 12);
      }),
      { numRuns: 60 },
    );
  });
});

describe("Kendall", () => {
  test("tau counts concordant and discordant pairs", () => {
    fc.assert(
      fc.property(pairs, (values) => {
        const [x, y] = split(values);
        let [concordant, discordant, tiedX, tiedY] = [0, 0, 0, 0];
        for (let i = 0; i < x.length; i++) {
          for (let j = 0; j < i; j++) {
            const [dx, dy] = [Math.sign(x[i]! - x[j]!), Math.sign(y[i]! - y[j]!)];
            if (dx * dy > 0) concordant++;
            if (dx * dy < 0) discordant++;
            if (dx === 0) tiedX++;
            if (dy === 0) tiedY++;
          }
        }
        const result = kendall(x, y);
        expect(result).toMatchObject({ concordant, discordant });
        const total = (x.length * (x.length - 1)) / 2;
        if (result.statistic === null) expect(tiedX === total || tiedY === total).toBe(true);
        else
          expect(result.statistic).toBeCloseTo(
            (concordant - discordant) / Math.sqrt((total - tiedX) * (total - tiedY)),
            12,
          );
      }),
      { numRuns: 300 },
    );
  });

  test("is symmetric, and turns its sign with one sample", () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom("b" as const, "c" as const), (values, variant) => {
        const [x, y] = split(values);
        const there = kendall(x, y, { variant });
        const back = kendall(y, x, { variant });
        expect(back.statistic ?? 0).toBeCloseTo(there.statistic ?? 0, 14);
        expect(back.pValue ?? 0).toBeCloseTo(there.pValue ?? 0, 14);
        const turned = kendall(
          x,
          y.map((value) => -value),
          { variant, alternative: "less" },
        );
        const greater = kendall(x, y, { variant, alternative: "greater" });
        expect(turned.statistic ?? 0).toBe(-(there.statistic ?? 0) + 0);
        expect(turned.pValue).toBe(greater.pValue);
      }),
    );
  });

  test("the exact p-value is the share of permutations", () => {
    fc.assert(
      fc.property(permutation(6), (y) => {
        const x = y.map((_, i) => i);
        const { discordant, pValue } = kendall(x, y, { alternative: "greater" });
        const all = permutations(y.length);
        const extreme = all.filter((order) => inversions(order) <= discordant).length;
        expect(pValue).toBeCloseTo(extreme / all.length, 12);
      }),
      { numRuns: 40 },
    );
  });
});

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((order) => Array.from({ length: n }, (_, at) => order.toSpliced(at, 0, n)));
}

function inversions(order: number[]): number {
  return order.reduce((sum, value, i) => sum + order.slice(0, i).filter((before) => before > value).length, 0);
}
