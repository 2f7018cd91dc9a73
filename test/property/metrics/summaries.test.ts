import fc from "fast-check";
import { expect, it } from "vitest";
import {
  metricOf,
  quantileNames,
  summariseValues,
  type ValueSummary,
} from "../../../measure/metrics/metric-summary.ts";

const values = fc.array(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), { minLength: 1, maxLength: 200 });
const numbers = (summary: ValueSummary) => {
  if ("unavailable" in summary) throw new Error(summary.unavailable);
  return summary;
};

it("a summary counts the values, lies between their extremes, and rises from quantile to quantile", () => {
  fc.assert(
    fc.property(values, (list) => {
      const { n, ...quantiles } = numbers(summariseValues(list));
      expect(n).toBe(list.length);
      expect([quantiles.min, quantiles.max]).toEqual([Math.min(...list), Math.max(...list)]);
      const rising = quantileNames.map((name) => quantiles[name]);
      expect(rising).toEqual([...rising].sort((a, b) => a - b));
    }),
  );
});

it("a summary is the same in whatever order the values come, and of the list they come in nothing changes", () => {
  fc.assert(
    fc.property(values, fc.infiniteStream(fc.nat()), (list, stream) => {
      const before = [...list];
      const shuffled = list
        .map((value) => [stream.next().value ?? 0, value] as const)
        .sort(([a], [b]) => a - b)
        .map(([, value]) => value);
      expect(summariseValues(shuffled)).toEqual(summariseValues(list));
      expect(list).toEqual(before);
    }),
  );
});

it("values that are all moved or scaled move and scale their summary", () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 1000 }), fc.integer({ min: -1000, max: 1000 }), (list, by, more) => {
      const [plain, changed] = [list, list.map((value) => value * by + more)].map((one) =>
        numbers(summariseValues(one)),
      );
      for (const name of quantileNames)
        expect(changed?.[name]).toBeCloseTo((plain?.[name] ?? Number.NaN) * by + more, 3);
    }),
  );
});

it("a manifest's summary is the same, of nanoseconds in milliseconds and of any other unit as it is", () => {
  fc.assert(
    fc.property(values, (list) => {
      const { n, median, max } = numbers(summariseValues(list));
      const [inMs, asIs] = [metricOf(list, "ns"), metricOf(list, "1")];
      if ("unavailable" in inMs) throw new Error(inMs.unavailable);
      expect(inMs.n).toBe(n);
      expect(inMs.median).toBeCloseTo(median / 1e6, 9);
      expect(asIs).toMatchObject({ n, median, max });
    }),
  );
});

it("what has no value has the reason, and no number", () => {
  expect(summariseValues({ unavailable: "nothing was measured" })).toEqual({ unavailable: "nothing was measured" });
  expect(metricOf({ unavailable: "nothing was measured" }, "ns")).toEqual({ unavailable: "nothing was measured" });
  expect(summariseValues([])).toEqual({ unavailable: "no packet has a value that may be used" });
});
