import { LabError } from "../../lib/errors.ts";
import { bcaEstimate, type QuantileBootstrapOptions } from "./bootstrap.ts";
import type { Estimate } from "./interval.ts";
import { DEFAULT_QUANTILE_TYPE, quantilePosition, valueAt } from "./quantiles.ts";
import { finiteSample, type Sample } from "./samples.ts";
import { rankWithPayload, sortedCopy } from "./sorting.ts";

/**
 * The p-quantile of all packets of several runs with a BCa interval that takes the run, not the packet, for the independent
 * unit: whole runs are drawn with replacement and left out (A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their Application"
 * (1997), 3.8). Packets of one run share its conditions, and resampling them one by one would make the interval too narrow.
 *
 * @param runs the values of each run, none empty
 * @throws LabError for no runs, an empty run, values that are not finite, and p outside [0, 1]
 */
export function bootstrapRunsQuantile(runs: readonly Sample[], p: number, options: QuantileBootstrapOptions): Estimate {
  const { type = DEFAULT_QUANTILE_TYPE } = options;
  if (runs.length === 0) throw new LabError("a bootstrap of runs needs at least one run");
  const { values, runOf } = pool(runs);

  const weights = new Uint32Array(runs.length);
  const weightedQuantile = () => {
    let size = 0;
    for (const [run, weight] of weights.entries()) size += weight * runs[run]!.length;
    const position = quantilePosition(size, p, type);
    let [i, passed] = [-1, 0];
    // Places are asked for in ascending order, so one walk over the pooled values serves both.
    return valueAt(position, (place) => {
      while (passed <= place) passed += weights[runOf[++i]!]!;
      return values[i]!;
    });
  };

  weights.fill(1);
  const estimate = weightedQuantile();
  return bcaEstimate(options, {
    units: runs.length,
    estimate,
    leaveOut: (unit) => {
      weights.fill(1);
      weights[unit] = 0;
      return weightedQuantile();
    },
    replicate: (random) => {
      weights.fill(0);
      for (let i = 0; i < runs.length; i++) weights[random.below(runs.length)]!++;
      return weightedQuantile();
    },
  });
}

/** All values in ascending order, each with the number of its run. */
function pool(runs: readonly Sample[]): { values: Float64Array; runOf: Uint32Array } {
  const total = runs.reduce((sum, run) => sum + run.length, 0);
  const values = new Float64Array(total);
  const runOf = new Uint32Array(total);
  let at = 0;
  for (const [number, run] of runs.entries()) {
    if (run.length === 0) throw new LabError(`run ${number} has no values; leave it out and say so`);
    values.set(finiteSample(run, `run ${number}`), at);
    runOf.fill(number, at, at + run.length);
    at += run.length;
  }
  return { values: sortedCopy(values), runOf: rankWithPayload(values, runOf).payload };
}
