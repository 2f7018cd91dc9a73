import { LabError } from "../../lib/errors.ts";
import { bcaInterval } from "./bca.ts";
import { DEFAULT_LEVEL, type Estimate } from "./interval.ts";
import { drawOrderStatistics } from "./order-statistics.ts";
import { DEFAULT_QUANTILE_TYPE, type QuantileType, quantilePosition, valueAt } from "./quantiles.ts";
import { type Random, seededRandom } from "./random.ts";
import { finiteSample, type Sample } from "./samples.ts";
import { sortedCopy } from "./sorting.ts";

export interface BootstrapOptions {
  /** The seed of `seededRandom`, to be recorded with the result; one seed, one interval. */
  seed: number;
  /** Default 9999. */
  resamples?: number;
  /** Default 0.95. */
  level?: number;
}

export interface QuantileBootstrapOptions extends BootstrapOptions {
  /** Hyndman-Fan type, default 7. */
  type?: QuantileType;
}

const DEFAULT_RESAMPLES = 9999;

/**
 * A statistic of independent values with its BCa interval, by plain resampling: values drawn with replacement, as many as
 * there are.
 *
 * @param statistic of a sample in no particular order; it must not change or keep the array
 * @throws LabError for no values and for values or a statistic that are not finite
 */
export function bootstrap(
  values: Sample,
  statistic: (sample: Float64Array) => number,
  options: BootstrapOptions,
): Estimate {
  const sample = finiteSample(values, "values");
  const n = sample.length;
  if (n === 0) throw new LabError("a bootstrap needs at least one value");
  const resample = new Float64Array(n);
  const without = new Float64Array(n - 1);
  return bcaEstimate(options, {
    units: n,
    estimate: statistic(sample.slice()),
    leaveOut: (unit) => {
      for (let i = 0; i < n - 1; i++) without[i] = sample[i < unit ? i : i + 1]!;
      return statistic(without);
    },
    replicate: (random) => {
      for (let i = 0; i < n; i++) resample[i] = sample[random.below(n)]!;
      return statistic(resample);
    },
  });
}

/**
 * The p-quantile of independent values with its BCa interval. The same bootstrap as `bootstrap` of `quantile`, but each
 * replicate is drawn from the distribution of the resample's order statistics, so a thousand values cost what ten do.
 *
 * Packets of one run are not independent: give run medians, or use `bootstrapRunsQuantile`.
 *
 * @throws LabError for no values, values that are not finite, and p outside [0, 1]
 */
export function bootstrapQuantile(values: Sample, p: number, options: QuantileBootstrapOptions): Estimate {
  const { type = DEFAULT_QUANTILE_TYPE } = options;
  const sorted = sortedCopy(finiteSample(values, "values"));
  const n = sorted.length;
  const position = quantilePosition(n, p, type);
  const positionWithout = n > 1 ? quantilePosition(n - 1, p, type) : position;
  return bcaEstimate(options, {
    units: n,
    estimate: valueAt(position, (i) => sorted[i]!),
    leaveOut: (unit) => valueAt(positionWithout, (i) => sorted[i < unit ? i : i + 1]!),
    replicate: (random) => {
      const [lower, upper] = drawOrderStatistics(n, position, random);
      return valueAt(position, (i) => sorted[i === position.index ? lower : upper]!);
    },
  });
}

/** The median of independent values with its BCa interval; see `bootstrapQuantile`. */
export function bootstrapMedian(values: Sample, options: QuantileBootstrapOptions): Estimate {
  return bootstrapQuantile(values, 0.5, options);
}

/** What `bcaEstimate` needs: the statistic of the data, without one unit, and of a resample. */
export interface Resampling {
  /** Independent units. */
  units: number;
  estimate: number;
  leaveOut(unit: number): number;
  replicate(random: Random): number;
}

/** Runs a bootstrap and turns it into an estimate, with a reason where no interval can be given. */
export function bcaEstimate(options: BootstrapOptions, resampling: Resampling): Estimate {
  const { seed, resamples = DEFAULT_RESAMPLES, level = DEFAULT_LEVEL } = options;
  if (!Number.isSafeInteger(resamples) || resamples < 1) {
    throw new LabError(`a bootstrap needs a positive whole number of resamples, not ${resamples}`);
  }
  const { units, estimate } = resampling;
  const random = seededRandom(seed);
  if (units < 2) return { estimate, interval: null, note: "one value alone has no interval" };
  const replicates = Float64Array.from({ length: resamples }, () => resampling.replicate(random));
  const jackknife = Float64Array.from({ length: units }, (_, unit) => resampling.leaveOut(unit));
  const interval = bcaInterval({ estimate, replicates, jackknife, level });
  return {
    estimate,
    interval,
    note: interval === null ? "every resample lies on one side of the estimate: too few values" : null,
  };
}
