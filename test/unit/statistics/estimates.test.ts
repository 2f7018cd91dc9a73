import { describe, expect, test } from "vitest";
import { hodgesLehmannOfDifferences, hodgesLehmannShift } from "../../../measure/statistics/hodges-lehmann.ts";
import { benjaminiHochberg, holm } from "../../../measure/statistics/multiplicity.ts";
import { normalCdf, normalQuantile, normalSf } from "../../../measure/statistics/normal.ts";
import { median, QUANTILE_TYPES, type QuantileType, quantile } from "../../../measure/statistics/quantiles.ts";
import { expectClose, fixture } from "./fixtures.ts";

describe("normal distribution", () => {
  const oracle = fixture<{ sf: [number, number][]; quantile: [number, number][] }>("normal");

  test("tails keep 14 digits down to 1e-306", () => {
    for (const [z, expected] of oracle.sf) {
      expectClose(normalSf(z), expected, 1e-14, `sf(${z})`);
      expectClose(normalCdf(-z), expected, 1e-14, `cdf(${-z})`);
    }
  });

  test("quantiles", () => {
    for (const [p, expected] of oracle.quantile) expectClose(normalQuantile(p), expected, 1e-14, `quantile(${p})`);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect([normalQuantile(-0.1), normalQuantile(1.1), normalQuantile(Number.NaN), normalSf(Number.NaN)]).toEqual(
      Array(4).fill(Number.NaN),
    );
  });

  test("ends", () => {
    expect([normalSf(Number.POSITIVE_INFINITY), normalSf(Number.NEGATIVE_INFINITY), normalSf(0)]).toEqual([0, 1, 0.5]);
  });
});

describe("quantiles", () => {
  test("all nine types agree with NumPy", () => {
    for (const { values, p, type, expected } of fixture<
      { values: number[]; p: number; type: QuantileType; expected: number }[]
    >("quantiles")) {
      expectClose(quantile(values, p, type), expected, 1e-13, `type ${type}, p ${p} of ${values.length}`);
    }
  });

  test("a product that is an integer but for rounding is one", () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(0.07 * 100).toBeGreaterThan(7);
    expect(quantile(hundred, 0.07, 1)).toBe(7);
    expect(quantile(hundred, 0.07, 2)).toBe(7.5);
  });

  test("huge values do not overflow, and every type has a name", () => {
    expect(median([-1.7e308, 1.7e308])).toBe(0);
    expectClose(quantile([-1.7e308, 1.7e308], 0.75), 0.85e308, 1e-15, "upper quartile");
    expect(Object.keys(QUANTILE_TYPES)).toHaveLength(9);
  });

  test("refuses what has no quantile", () => {
    expect(() => quantile([], 0.5)).toThrow("at least one value");
    expect(() => quantile([1], 1.5)).toThrow("[0, 1]");
    expect(() => quantile([1, Number.NaN], 0.5)).toThrow("values[1] is NaN");
  });
});

test("adjusted p-values agree with their definitions", () => {
  for (const one of fixture<{ pValues: number[]; holm: number[]; benjaminiHochberg: number[] }[]>("multiplicity")) {
    const [family, rate] = [holm(one.pValues), benjaminiHochberg(one.pValues)];
    for (const [i, p] of one.pValues.entries()) {
      expectClose(family[i]!, one.holm[i]!, 1e-14, `Holm of ${p}`);
      expectClose(rate[i]!, one.benjaminiHochberg[i]!, 1e-14, `Benjamini-Hochberg of ${p}`);
    }
  }
  expect(() => holm([0.1, 1.1])).toThrow("p-value 1 is 1.1");
  expect(() => benjaminiHochberg([Number.NaN])).toThrow("p-value 0 is NaN");
});

describe("Hodges-Lehmann", () => {
  test("agrees with all pairs written down", () => {
    type Case = { values: number[]; level: number; estimate: number; interval: [number, number] | null };
    for (const { values, level, estimate, interval } of fixture<Case[]>("location")) {
      const found = hodgesLehmannOfDifferences(values, { level });
      const what = `n=${values.length} level=${level}`;
      expectClose(found.estimate, estimate, 1e-13, what);
      expectClose(found.interval?.low ?? null, interval?.[0] ?? null, 1e-13, `${what} low`);
      expectClose(found.interval?.high ?? null, interval?.[1] ?? null, 1e-13, `${what} high`);
      if (interval !== null) expect(found.interval?.coverage).toBeGreaterThanOrEqual(level);
      else expect(found.note).toContain("too few");
    }
  });

  test("a shift of huge samples and of empty ones is refused, huge averages are not", () => {
    expect(hodgesLehmannOfDifferences([1.7e308, 1.7e308]).estimate).toBe(1.7e308);
    expect(() => hodgesLehmannShift([1.7e308], [-1.7e308])).toThrow("overflows");
    expect(() => hodgesLehmannShift([], [1])).toThrow("at least one value");
    expect(() => hodgesLehmannOfDifferences([])).toThrow("at least one difference");
    expect(() => hodgesLehmannOfDifferences([1], { level: 1 })).toThrow("between 0 and 1");
  });
});
