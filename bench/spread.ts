import { quantileOfSorted } from "../measure/statistics/quantiles.ts";

const sortedOf = (values: readonly number[]) => Float64Array.from(values).sort();

export const medianOf = (values: readonly number[]): number => quantileOfSorted(sortedOf(values), 0.5);

/** Median, least and greatest of some values, as words. */
export const spread = (values: readonly number[], digits: number): string => {
  const sorted = sortedOf(values);
  const [least, middle, most] = [0, 0.5, 1].map((p) => quantileOfSorted(sorted, p).toFixed(digits));
  return `${middle} (${least} to ${most})`;
};
