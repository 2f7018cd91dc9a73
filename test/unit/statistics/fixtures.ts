import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** Reads a fixture that `test/oracles/statistics_fixtures.py` wrote. */
export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../data/statistics/${name}.json`, import.meta.url), "utf8")) as T;
}

/** A test on two samples as an oracle saw it. */
export interface RankTestCase<Options> {
  name: string;
  /** The values, or with `lehmer` the recipe [length, seed, levels, shift]. */
  x: number[];
  y: number[];
  lehmer?: true;
  /** With `lehmer`: the multiple of x that is added to y. */
  trend?: number;
  options: Options;
  statistic: number | null;
  pValue: number | null;
  oracle: "scipy" | "rational" | "enumeration";
}

/** The samples of a case, made by its recipe where it has one. */
export function samplesOf({ x, y, lehmer, trend = 0 }: RankTestCase<unknown>): [number[], number[]] {
  if (lehmer === undefined) return [x, y];
  const first = recurrence(x);
  return [first, recurrence(y).map((value, i) => value + (trend === 0 ? 0 : trend * first[i]!))];
}

function recurrence([n, seed, levels, shift]: number[]): number[] {
  let state = seed!;
  return Array.from({ length: n! }, () => {
    state = (state * 48271) % 2147483647;
    return (state % levels!) + shift!;
  });
}

/** Expects equality to a relative error; null only equals null. */
export function expectClose(actual: number | null, expected: number | null, relative: number, what: string): void {
  if (actual === null || expected === null) {
    expect(actual, what).toBe(expected);
    return;
  }
  const error = actual === expected ? 0 : Math.abs(actual - expected) / Math.max(Math.abs(expected), Number.MIN_VALUE);
  expect(error, `${what}: ${actual} instead of ${expected}`).toBeLessThanOrEqual(relative);
}
