import { quantileOfSorted } from "../measure/statistics/quantiles.ts";

/** Median, least and greatest of some values, as words. */
export const spread = (values: readonly number[], digits: number): string => {
  const sorted = Float64Array.from(values).sort();
  const [least, middle, most] = [0, 0.5, 1].map((p) => quantileOfSorted(sorted, p).toFixed(digits));
  return `${middle} (${least} to ${most})`;
};
