import { LabError } from "../../lib/errors.ts";
import { DEFAULT_QUANTILE_TYPE, median, type QuantileType, quantileOfSorted } from "./quantiles.ts";
import { finiteSample, type Sample } from "./samples.ts";
import { sortedCopy } from "./sorting.ts";

/** 1 / the 0.75-quantile of the standard normal: makes the MAD of normal data estimate their standard deviation. */
export const NORMAL_CONSISTENCY = 1.482602218505602;

/**
 * The interquartile range by a Hyndman-Fan type.
 *
 * @throws LabError for no values, values that are not finite, and a range beyond the largest double
 */
export function iqr(values: Sample, type: QuantileType = DEFAULT_QUANTILE_TYPE): number {
  const sorted = sortedCopy(finiteSample(values, "values"));
  return requireFinite(quantileOfSorted(sorted, 0.75, type) - quantileOfSorted(sorted, 0.25, type));
}

/**
 * The median absolute deviation from the median, times `scale` (1 by default; `NORMAL_CONSISTENCY` to compare it with a
 * standard deviation).
 *
 * @throws LabError as `iqr` does
 */
export function mad(values: Sample, scale = 1): number {
  const centre = median(values);
  return median(Float64Array.from(values, (value) => requireFinite(Math.abs(value - centre)))) * scale;
}

function requireFinite(spread: number): number {
  if (!Number.isFinite(spread))
    throw new LabError("the spread overflows a double; divide the values by a factor first");
  return spread;
}
