import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hodgesLehmannOfDifferences, hodgesLehmannShift } from "../../../measure/statistics/hodges-lehmann.ts";
import { mannWhitney } from "../../../measure/statistics/mann-whitney.ts";
import { benjaminiHochberg, holm } from "../../../measure/statistics/multiplicity.ts";
import { normalCdf, normalQuantile } from "../../../measure/statistics/normal.ts";
import { selectKth } from "../../../measure/statistics/pair-selection.ts";
import { type QuantileType, quantile } from "../../../measure/statistics/quantiles.ts";
import { finiteSample } from "../../../measure/statistics/samples.ts";
import { rankWithPayload, sortedCopy } from "../../../measure/statistics/sorting.ts";
import { wilcoxonOfDifferences } from "../../../measure/statistics/wilcoxon.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const modest = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -1e9, max: 1e9, noNaN: true }));

describe("sorting", () => {
  /** Doubles that are far apart, that share their high halves, and that are equal, in numbers that the radix sort takes. */
  const anyKind = fc.constantFrom<(u: number) => number>(
    (u) => (u - 0.5) * 10 ** Math.floor(600 * u - 300),
    (u) => 1 + u * 1e-9,
    (u) => -3 - u * 1e-12,
    (u) => Math.round(u * 20) - 10,
    () => 7,
  );

  test("gives what the engine's own sort gives, keeping equal values in order", () => {
    fc.assert(
      fc.property(anyKind, fc.integer({ min: 0, max: 6000 }), fc.nat(), (kind, n, seed) => {
        let state = (seed % 2147483646) + 1;
        const values = finiteSample(
          Array.from({ length: n }, () => {
            state = (state * 48271) % 2147483647;
            return kind(state / 2147483647);
          }),
          "values",
        );
        const expected = values.slice().sort();
        expect(sortedCopy(values)).toEqual(expected);
        const indices = Uint32Array.from(values, (_, i) => i);
        const { ranks, payload: places } = rankWithPayload(values, indices);
        for (let i = 0; i < n; i++) {
          if (values[places[i]!] !== expected[i]) throw new Error(`payload ${i} lost its value`);
          const same = i > 0 && expected[i] === expected[i - 1];
          if (same && places[i]! < places[i - 1]!) throw new Error("not stable");
          if (ranks[i] !== (i === 0 ? 1 : ranks[i - 1]! + (same ? 0 : 1))) throw new Error(`wrong rank at ${i}`);
        }
      }),
      { numRuns: 120 },
    );
  });
});

test("the k-th sum of two samples is the one that a sort finds", () => {
  const sample = fc.array(
    fc.oneof(
      modest,
      finite.map((value) => value / 4),
    ),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(sample, sample, fc.boolean(), fc.nat(), (first, second, triangular, pick) => {
      const a = sortedCopy(finiteSample(first, "a"));
      const b = triangular ? a : sortedCopy(finiteSample(second, "b"));
      const sums = [...a].flatMap((x, i) => [...b].slice(triangular ? i : 0).map((y) => x + y + 0));
      const sorted = Float64Array.from(sums).sort();
      const k = 1 + (pick % sorted.length);
      expect(selectKth({ a, b, triangular }, k)).toBe(sorted[k - 1]);
    }),
    { numRuns: 1000 },
  );
});

describe("intervals are what the tests do not reject", () => {
  const alpha = 0.05;

  test("signed ranks", () => {
    const values = fc.uniqueArray(fc.integer({ min: -10_000, max: 10_000 }), { minLength: 6, maxLength: 25 });
    fc.assert(
      fc.property(values, (differences) => {
        const { estimate, interval } = hodgesLehmannOfDifferences(differences, { level: 1 - alpha });
        const p = (centre: number) =>
          wilcoxonOfDifferences(
            differences.map((d) => d - centre),
            { method: "exact" },
          ).pValue;
        // Walsh averages are multiples of 1/2: an eighth off one there are neither zeros nor ties of opposite sign.
        expect(p(interval!.low - 0.125)).toBeLessThanOrEqual(alpha);
        expect(p(interval!.low + 0.125)).toBeGreaterThan(alpha);
        expect(p(interval!.high + 0.125)).toBeLessThanOrEqual(alpha);
        expect(p(interval!.high - 0.125)).toBeGreaterThan(alpha);
        expect(estimate).toBeGreaterThanOrEqual(interval!.low);
        expect(estimate).toBeLessThanOrEqual(interval!.high);
      }),
    );
  });

  test("two samples", () => {
    const values = fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 5, maxLength: 25 });
    fc.assert(
      fc.property(values, values, (x, y) => {
        const { interval } = hodgesLehmannShift(x, y, { level: 1 - alpha });
        const p = (shift: number) =>
          mannWhitney(
            x.map((value) => value - shift),
            y,
            { method: "exact" },
          ).pValue;
        expect(p(interval!.low - 0.5)).toBeLessThanOrEqual(alpha);
        expect(p(interval!.low + 0.5)).toBeGreaterThan(alpha);
        expect(p(interval!.high + 0.5)).toBeLessThanOrEqual(alpha);
        expect(p(interval!.high - 0.5)).toBeGreaterThan(alpha);
      }),
    );
  });
});

test("quantiles of every type rise with p between the extremes, whatever the values", () => {
  const type = fc.integer({ min: 1, max: 9 }).map((value) => value as QuantileType);
  const p = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1, maxLength: 20 }), type, p, p, (values, t, p1, p2) => {
      const [low, high] = [quantile(values, Math.min(p1, p2), t), quantile(values, Math.max(p1, p2), t)];
      expect(low).toBeLessThanOrEqual(high + Math.abs(high) * 1e-15);
      expect(low).toBeGreaterThanOrEqual(Math.min(...values));
      expect(high).toBeLessThanOrEqual(Math.max(...values));
    }),
    { numRuns: 1000 },
  );
});

test("adjusted p-values keep the order, are at least the raw ones, and Holm's at least the others", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (pValues) => {
      const [family, rate] = [holm(pValues), benjaminiHochberg(pValues)];
      for (const [i, p] of pValues.entries()) {
        expect(rate[i]).toBeGreaterThanOrEqual(p);
        expect(family[i]! * (1 + 1e-15)).toBeGreaterThanOrEqual(rate[i]!);
        expect(family[i]).toBeLessThanOrEqual(1);
        for (const [j, q] of pValues.entries()) {
          if (p > q) continue;
          expect(family[i]).toBeLessThanOrEqual(family[j]!);
          expect(rate[i]).toBeLessThanOrEqual(rate[j]!);
        }
      }
    }),
  );
});

test("the normal quantile inverts the distribution function", () => {
  fc.assert(
    fc.property(fc.double({ min: -37, max: 5, noNaN: true }), (z) => {
      expect(Math.abs(normalQuantile(normalCdf(z)) - z)).toBeLessThan(1e-9 * Math.max(1, Math.abs(z)));
    }),
    { numRuns: 1000 },
  );
});
