import { hodgesLehmannOfDifferences } from "./hodges-lehmann.ts";
import type { Interval } from "./interval.ts";

/** A value at its place in the sequence of a block. */
export interface PlacedValue {
  block: string;
  treatment: string;
  /** What it was taken of: values of one unit share what this has of its own. */
  unit: string;
  /** When it was taken: 0 first of its block, 1 last. */
  place: number;
  value: number;
}

/** By how much values change from the first place of a block to the last, beside what blocks and treatments do. */
export interface Drift {
  /** Blocks that tell something of it. */
  blocks: number;
  values: number;
  /** In the values' unit; null where the data cannot tell it. */
  change: number | null;
  interval: Interval | null;
  /** Why there is no change or no interval. */
  note: string | null;
}

/** Sweeps that are enough for any design whose cells are not all but one missing; each costs next to nothing. */
const mostSweeps = 1000;
const small = 1e-12;

function subtractMeans(values: Float64Array, groups: readonly (readonly number[])[]): number {
  let largest = 0;
  for (const members of groups) {
    const mean = members.reduce((sum, index) => sum + (values[index] as number), 0) / members.length;
    for (const index of members) values[index] = (values[index] as number) - mean;
    largest = Math.max(largest, Math.abs(mean));
  }
  return largest;
}

/** What blocks and treatments together leave of a variable: its residuals, by alternating projections. */
function swept(values: readonly number[], groupings: readonly (readonly (readonly number[])[])[]): Float64Array {
  const residuals = Float64Array.from(values);
  const scale = Math.max(small, ...residuals.map(Math.abs));
  for (let sweep = 0; sweep < mostSweeps; sweep += 1) {
    const moved = Math.max(...groupings.map((groups) => subtractMeans(residuals, groups)));
    if (moved <= small * scale) break;
  }
  return residuals;
}

const groupsOf = (keys: readonly string[]) => [...Map.groupBy(keys.keys(), (index) => keys[index]).values()];
const sumOf = (members: readonly number[], term: (index: number) => number) =>
  members.reduce((sum, index) => sum + term(index), 0);

const without = (blocks: number, values: number, note: string): Drift => ({
  ...{ blocks, values, change: null, interval: null },
  note,
});

/**
 * By how much slopes of blocks must be spread about their centre so that their scatter tells how far their mean can be off.
 * Each slope contains treatment effects that were estimated from all blocks, so slopes go together: with n complete blocks their mean
 * varies (n - 1) / (n - 2) times as much as independent slopes of that scatter would let it. In general the factor follows from the
 * slopes' covariance, of which `weights` are the weights in each slope of what scatters.
 */
function spreading(weights: readonly Float64Array[]): number {
  const n = weights.length;
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  const total = Float64Array.from(weights[0] ?? [], (_, index) =>
    sum(Float64Array.from(weights, (row) => row[index] ?? 0)),
  );
  const square = (values: Float64Array) => sum(values.map((value) => value ** 2));
  const ofMean = square(total) / n;
  const scatter = (weights.reduce((all, row) => all + square(row), 0) - ofMean) / (n - 1);
  return scatter > 0 ? Math.sqrt(Math.max(1, ofMean / scatter)) : 1;
}

/** The weights of units in each slope: the sums of those of their values. */
const byUnit = (weights: readonly Float64Array[], units: readonly (readonly number[])[]): Float64Array[] =>
  weights.map((row) => Float64Array.from(units, (members) => sumOf(members, (index) => row[index] as number)));

/**
 * Estimates the drift within blocks. Block and treatment effects are swept out of values and places (Frisch and Waugh), so that
 * neither is taken for drift; each block then gives one slope. The change is the slopes' Hodges-Lehmann estimate, and the interval that of
 * the signed-rank test, of slopes spread by what estimated treatment effects make them share: as much as values ask for, or as units
 * do, whichever is more, since both scatter and nobody knows how much. From six blocks on there is one at 95 %.
 * @param values at most one of each treatment and block; order does not matter
 */
export function driftWithinBlocks(values: readonly PlacedValue[]): Drift {
  const blocks = groupsOf(values.map(({ block }) => block));
  if (blocks.length < 2) return without(blocks.length, values.length, "not enough data: one replicate");
  const groupings = [blocks, groupsOf(values.map(({ treatment }) => treatment))];
  const place = swept(
    values.map((deployment) => deployment.place),
    groupings,
  );
  const residual = swept(
    values.map((deployment) => deployment.value),
    groupings,
  );
  const telling = blocks.flatMap((members) => {
    const spread = sumOf(members, (index) => (place[index] as number) ** 2);
    return spread > 1e-6 ? [{ members, spread }] : [];
  });
  const slopes = telling.map(
    ({ members, spread }) => sumOf(members, (index) => (place[index] as number) * (residual[index] as number)) / spread,
  );
  if (slopes.length < 2)
    return without(
      slopes.length,
      values.length,
      "cannot be told: every scenario has the same place in every replicate, so a drift looks like an effect",
    );
  const weights = telling.map(({ members, spread }) => {
    const ofBlock = new Float64Array(values.length);
    for (const index of members) ofBlock[index] = (place[index] as number) / spread;
    return swept([...ofBlock], groupings);
  });
  const { estimate } = hodgesLehmannOfDifferences(slopes);
  const units = groupsOf(values.map(({ unit }) => unit));
  const factor = Math.max(spreading(weights), units.length < values.length ? spreading(byUnit(weights, units)) : 1);
  const { interval } = hodgesLehmannOfDifferences(slopes.map((slope) => estimate + factor * (slope - estimate)));
  const note = interval === null ? `no interval: ${slopes.length} replicates are too few` : null;
  return { blocks: slopes.length, values: values.length, change: estimate, interval, note };
}
