import { describe, expect, test } from "vitest";
import { bootstrap, bootstrapMedian, bootstrapQuantile } from "../../../measure/statistics/bootstrap.ts";
import { bootstrapRunsQuantile } from "../../../measure/statistics/bootstrap-runs.ts";
import { drawOrderStatistics } from "../../../measure/statistics/order-statistics.ts";
import { median, quantile, quantilePosition } from "../../../measure/statistics/quantiles.ts";
import { seededRandom } from "../../../measure/statistics/random.ts";

describe("seeded random numbers", () => {
  // From the authors' C code of splitmix64 and xoshiro128** 1.1.
  test.each([
    [0, 3737715805, 2584255861, 2876756834],
    [1, 1695105466, 1423115009, 634581793],
    [42, 1776835114, 4165204688, 17111135],
    [Number.MAX_SAFE_INTEGER, 1233166643, 1287031142, 661813442],
  ])("seed %d gives the reference sequence", (seed, ...expected) => {
    const { bits } = seededRandom(seed);
    expect([bits(), bits(), bits()]).toEqual(expected);
  });

  test("every integer below n comes equally often", () => {
    const random = seededRandom(5);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.below(7)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])("seed %d is refused", (seed) => {
    expect(() => seededRandom(seed)).toThrow("a seed is an integer");
  });
});

describe("order statistics of a resample", () => {
  test("are distributed as those of a resample that is drawn", () => {
    const n = 9;
    const position = quantilePosition(n, 0.7, 7);
    const random = seededRandom(11);
    const draws = 20_000;
    const fast = new Map<string, number>();
    const plain = new Map<string, number>();
    const count = (map: Map<string, number>, places: number[]) =>
      map.set(String(places), (map.get(String(places)) ?? 0) + 1 / draws);
    for (let i = 0; i < draws; i++) {
      count(fast, drawOrderStatistics(n, position, random));
      const resample = Array.from({ length: n }, () => random.below(n)).sort((a, b) => a - b);
      count(plain, resample.slice(position.index, position.index + 2));
    }
    for (const key of new Set([...fast.keys(), ...plain.keys()])) {
      expect(Math.abs((fast.get(key) ?? 0) - (plain.get(key) ?? 0)), key).toBeLessThan(0.015);
    }
  });
});

describe("bootstrap intervals", () => {
  const values = [2.1, 3.4, 1.9, 8.8, 4.4, 2.7, 3.1, 5.9, 2.2, 3.8, 14.1, 2.9];

  test("one seed gives one interval, another seed another", () => {
    const mean = (sample: Float64Array) => sample.reduce((sum, value) => sum + value, 0) / sample.length;
    const first = bootstrap(values, mean, { seed: 1, resamples: 999 });
    expect(bootstrap(values, mean, { seed: 1, resamples: 999 })).toEqual(first);
    expect(bootstrap(values, mean, { seed: 2, resamples: 999 }).interval).not.toEqual(first.interval);
    expect(first.interval).toMatchObject({ level: 0.95, coverage: null, method: "bca" });
  });

  test("the fast median has the interval of plain resampling", () => {
    const options = { seed: 3, resamples: 20_000 };
    const [fast, plain] = [bootstrapMedian(values, options), bootstrap(values, median, options)];
    expect(fast.estimate).toBe(plain.estimate);
    expect(Math.abs(fast.interval!.low - plain.interval!.low)).toBeLessThan(0.15);
    expect(Math.abs(fast.interval!.high - plain.interval!.high)).toBeLessThan(0.3);
  });

  test("a 95 % interval of the median covers it about 95 times in 100", () => {
    const random = seededRandom(9);
    let covered = 0;
    for (let i = 0; i < 400; i++) {
      const sample = Array.from({ length: 31 }, () => -Math.log(1 - random.uniform()));
      const { low, high } = bootstrapMedian(sample, { seed: i, resamples: 400 }).interval!;
      if (low <= Math.LN2 && Math.LN2 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(360);
    expect(covered).toBeLessThan(396);
  });

  test("what has no interval says why", () => {
    expect(bootstrapMedian([4], { seed: 0 })).toEqual({
      estimate: 4,
      interval: null,
      note: "one value alone has no interval",
    });
    expect(bootstrapQuantile([1, 2, 3], 1, { seed: 0 })).toMatchObject({ estimate: 3 });
    const outermost = bootstrap([1, 2, 3], (sample) => (sample[0] === 1 && sample[1] === 2 ? 9 : 0), {
      seed: 0,
      resamples: 5,
    });
    expect(outermost.interval === null).toBe(outermost.note !== null);
    expect(bootstrapMedian([5, 5, 5], { seed: 0 }).interval).toMatchObject({ low: 5, high: 5 });
  });

  test("refuses what cannot be resampled", () => {
    expect(() => bootstrapMedian([], { seed: 0 })).toThrow("at least one value");
    expect(() => bootstrap([], median, { seed: 0 })).toThrow("at least one value");
    expect(() => bootstrapMedian([1, 2], { seed: 0, resamples: 0 })).toThrow("positive whole number");
    expect(() => bootstrapMedian([1, 2], { seed: 0, level: 95 })).toThrow("between 0 and 1");
  });
});

describe("bootstrap of runs", () => {
  test("the estimate is the quantile of all packets", () => {
    const runs = [
      [1, 5, 2],
      [9, 4],
      [3, 3, 8, 7],
    ];
    for (const p of [0, 0.3, 0.5, 0.95, 1]) {
      expect(bootstrapRunsQuantile(runs, p, { seed: 0, resamples: 50 }).estimate).toBe(quantile(runs.flat(), p));
    }
  });

  test("runs that differ give a wider interval than their packets taken for independent", () => {
    const random = seededRandom(2);
    const runs = Array.from({ length: 10 }, (_, run) => Array.from({ length: 50 }, () => run + random.uniform()));
    const byRun = bootstrapRunsQuantile(runs, 0.5, { seed: 1, resamples: 999 }).interval!;
    const byPacket = bootstrapQuantile(runs.flat(), 0.5, { seed: 1, resamples: 999 }).interval!;
    expect(byRun.high - byRun.low).toBeGreaterThan(3 * (byPacket.high - byPacket.low));
  });

  test("refuses missing and empty runs", () => {
    expect(() => bootstrapRunsQuantile([], 0.5, { seed: 0 })).toThrow("at least one run");
    expect(() => bootstrapRunsQuantile([[1], []], 0.5, { seed: 0 })).toThrow("run 1 has no values");
    expect(bootstrapRunsQuantile([[1, 2]], 0.5, { seed: 0 })).toMatchObject({ estimate: 1.5, interval: null });
  });
});
