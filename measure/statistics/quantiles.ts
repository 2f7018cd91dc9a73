import { LabError } from "../../lib/errors.ts";
import { finiteSample, type Sample } from "./samples.ts";
import { sortedCopy } from "./sorting.ts";

/** The nine definitions of R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", American Statistician 50 (1996), 361-365. */
export const QUANTILE_TYPES = {
  1: "inverse of the empirical distribution function",
  2: "as 1, averaging at discontinuities",
  3: "nearest order statistic, even at a draw",
  4: "linear interpolation of the empirical distribution function",
  5: "piecewise linear through the midpoints of its steps",
  6: "linear between the expectations of uniform order statistics",
  7: "linear between the modes of uniform order statistics",
  8: "linear between the approximate medians of order statistics",
  9: "approximately unbiased for normal data",
} as const;

export type QuantileType = keyof typeof QUANTILE_TYPES;

/** The type used where none is named: the default of R, NumPy and DuckDB's `quantile_cont`. */
export const DEFAULT_QUANTILE_TYPE: QuantileType = 7;

/**
 * Where a quantile lies among n sorted values: (1 - weight) * x[index] + weight * x[index + 1], 0-based.
 * `index + 1` is only meant where `weight` is positive.
 */
interface QuantilePosition {
  index: number;
  weight: number;
}

/**
 * The position of the p-quantile of n values. A product n p within a few rounding errors of an integer is taken for it, as R does:
 * 0.07 * 100 is meant to be 7.
 *
 * @throws LabError for p outside [0, 1] and n < 1
 */
function quantilePosition(n: number, p: number, type: QuantileType = DEFAULT_QUANTILE_TYPE): QuantilePosition {
  if (!(p >= 0 && p <= 1)) throw new LabError(`a quantile's probability lies in [0, 1], as 0.95 does; got ${p}`);
  if (n < 1) throw new LabError("a quantile needs at least one value");
  const place = type === 3 ? n * p - 0.5 : type < 3 ? n * p : interpolatedPlace(n, p, type);
  const rounded = Math.round(place);
  const whole = Math.abs(place - rounded) <= 4 * Number.EPSILON * Math.max(1, Math.abs(place));
  const below = whole ? rounded : Math.floor(place);
  const weight = type <= 3 ? stepWeight(below, whole, type) : whole ? 0 : place - below;
  // `below` counts from 1; beyond either end the extreme value stands.
  if (below < 1) return { index: 0, weight: 0 };
  if (below >= n) return { index: n - 1, weight: 0 };
  return weight === 1 ? { index: below, weight: 0 } : { index: below - 1, weight };
}

function interpolatedPlace(n: number, p: number, type: QuantileType): number {
  if (type === 4) return n * p;
  const a = type === 5 ? 0.5 : type === 6 ? 0 : type === 7 ? 1 : type === 8 ? 1 / 3 : 3 / 8;
  return a + p * (n + 1 - 2 * a);
}

/** How much of the next value a discontinuous type takes. */
function stepWeight(below: number, whole: boolean, type: QuantileType): number {
  if (!whole) return 1;
  if (type === 2) return 0.5;
  return type === 3 && below % 2 !== 0 ? 1 : 0;
}

/** The value at a position, given the i-th smallest value for every i. */
function valueAt(position: QuantilePosition, at: (index: number) => number): number {
  const low = at(position.index);
  if (position.weight === 0) return low;
  const high = at(position.index + 1);
  const step = high - low;
  // Interpolating from the nearer end keeps the result within the two values; a step that overflows is taken in parts.
  if (!Number.isFinite(step)) return low * (1 - position.weight) + high * position.weight;
  return position.weight < 0.5 ? low + step * position.weight : high - step * (1 - position.weight);
}

/** The p-quantile of values sorted already; see `quantile`. */
export function quantileOfSorted(sorted: Sample, p: number, type: QuantileType = DEFAULT_QUANTILE_TYPE): number {
  return valueAt(quantilePosition(sorted.length, p, type), (i) => sorted[i]!);
}

/**
 * The p-quantile by a Hyndman-Fan type, 7 by default.
 *
 * @throws LabError for no values, values that are not finite, and p outside [0, 1]
 */
export function quantile(values: Sample, p: number, type: QuantileType = DEFAULT_QUANTILE_TYPE): number {
  return quantileOfSorted(sortedCopy(finiteSample(values, "values")), p, type);
}

/** The median: the 0.5-quantile, on which types 2 and 5 to 9 agree. */
export function median(values: Sample): number {
  return quantile(values, 0.5);
}
