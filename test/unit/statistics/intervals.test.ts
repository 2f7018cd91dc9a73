import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { medianInterval } from "../../../measure/statistics/median-interval.ts";
import { studentInterval } from "../../../measure/statistics/student-interval.ts";

/** P(Bin(n, 1/2) <= k) by counting. */
function binomial(n: number, k: number): number {
  let [ways, sum] = [1, 0];
  for (let i = 0; i <= k; i++) {
    sum += ways;
    ways = (ways * (n - i)) / (i + 1);
  }
  return sum / 2 ** n;
}

describe("the interval of a median", () => {
  // Tables of the sign test: the rank of the lower end at 95 %.
  test.each([
    [6, 1],
    [8, 1],
    [9, 2],
    [12, 3],
    [15, 4],
    [20, 6],
    [50, 18],
  ])("of %i values begins at value number %i", (n, k) => {
    const { interval } = medianInterval(Array.from({ length: n }, (_, i) => i + 1));
    expect([interval?.low, interval?.high]).toEqual([k, n + 1 - k]);
    expect(interval?.coverage).toBeCloseTo(1 - 2 * binomial(n, k - 1), 12);
  });

  test("needs six values, and more for a higher level", () => {
    expect(medianInterval([1, 2, 3, 4, 5])).toMatchObject({ estimate: 3, interval: null });
    expect(medianInterval([1, 2, 3, 4, 5, 6], { level: 0.99 }).interval).toBeNull();
    expect(medianInterval([1, 2, 3, 4, 5, 6, 7, 8], { level: 0.99 }).interval).toMatchObject({ low: 1, high: 8 });
  });

  test("has the level at least, holds the median, and goes with any monotonic change of scale", () => {
    const samples = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 6, maxLength: 60 });
    fc.assert(
      fc.property(samples, fc.constantFrom(0.9, 0.95, 0.99), (values, level) => {
        const { estimate, interval } = medianInterval(values, { level });
        if (interval === null) return;
        expect(interval.coverage).toBeGreaterThanOrEqual(level);
        expect(interval.low <= estimate && estimate <= interval.high).toBe(true);
        const logarithms = medianInterval(values.map(Math.log), { level }).interval;
        expect([logarithms?.low, logarithms?.high]).toEqual([Math.log(interval.low), Math.log(interval.high)]);
      }),
    );
  });
});

describe("Student's interval", () => {
  test.each([[[-2, 0, 2]], [[1, 2, 4, 5]], [[1, 2, 4, 5, 8]]])(
    "of %j reaches as far as 95 %% of Student's t",
    (values) => {
      const n = values.length;
      const { estimate, interval } = studentInterval(values);
      const error = Math.sqrt(values.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / (n - 1) / n);
      const reach = ((interval?.high ?? 0) - estimate) / error;
      expect(estimate - (interval?.low ?? 0)).toBeCloseTo(reach * error, 12);
      // The density (1 + t^2 / df)^(-(df + 1) / 2), as a share of its integral; t = tan(u) makes that finite.
      const density = (u: number) => (1 + Math.tan(u) ** 2 / (n - 1)) ** (-n / 2) / Math.cos(u) ** 2;
      const integral = (to: number) => {
        const steps = 20_000;
        let sum = 0;
        for (let i = 0; i < steps; i++) sum += density(((i + 0.5) / steps) * to);
        return (sum * to) / steps;
      };
      expect(integral(Math.atan(reach)) / integral(Math.PI / 2)).toBeCloseTo(0.95, 8);
    },
  );

  test("of equal values is none: their spread is not known to be 0", () => {
    expect(studentInterval([1, 1, 1]).interval).toBeNull();
    expect(studentInterval([0.1 + 0.2, 0.3, 0.3])).toMatchObject({
      interval: null,
      note: expect.stringContaining("equal"),
    });
    expect(studentInterval([0, 0, 0]).interval).toBeNull();
  });

  test("is for three to five values", () => {
    expect(() => studentInterval([1, 2])).toThrow("for 3 to 5 values, not 2");
    expect(() => studentInterval([1, 2, 3, 4, 5, 6])).toThrow("not 6");
  });
});
