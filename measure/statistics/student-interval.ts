import { LabError } from "../../lib/errors.ts";
import { DEFAULT_LEVEL, type Estimate } from "./interval.ts";
import { finiteSample, type Sample } from "./samples.ts";

/** The 0.975-quantile of Student's t, by degrees of freedom: of three, four and five values. */
const quantiles: Readonly<Record<number, number>> = {
  2: 4.302652729696142,
  3: 3.182446305284263,
  4: 2.7764451051977987,
};

/** From how many values on Student's interval can be had here, and from how many on none is needed. */
export const studentValues = { fewest: 3, most: 5 } as const;

/**
 * The mean of three to five values with Student's 95 % interval, for which a distribution-free one does not exist. It takes the
 * values for normally distributed and independent. Values that are all equal have no spread to judge by, and no interval.
 *
 * @throws LabError for another number of values, and values that are not finite
 */
export function studentInterval(values: Sample): Estimate {
  const sample = finiteSample(values, "values");
  const n = sample.length;
  const quantile = quantiles[n - 1];
  if (quantile === undefined) throw new LabError(`Student's interval is given here for 3 to 5 values, not ${n}`);
  const mean = sample.reduce((sum, value) => sum + value, 0) / n;
  const variance = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const reach = quantile * Math.sqrt(variance / n);
  // What is left of equal values is rounding.
  if (reach <= 1e-12 * Math.abs(mean) || variance === 0)
    return { estimate: mean, interval: null, note: "the values are all equal: there is no spread to judge by" };
  return {
    estimate: mean,
    interval: { low: mean - reach, high: mean + reach, level: DEFAULT_LEVEL, coverage: null, method: "t" },
    note: "taken for normally distributed",
  };
}
