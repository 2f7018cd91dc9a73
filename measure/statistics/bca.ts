import { type Interval, requireLevel } from "./interval.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { quantileOfSorted } from "./quantiles.ts";
import { finiteSample, type Sample } from "./samples.ts";
import { sortedCopy } from "./sorting.ts";

export interface BcaInput {
  /** The statistic of the data themselves. */
  estimate: number;
  /** The statistic of each resample. */
  replicates: Sample;
  /** The statistic with each independent unit (value or run) left out once. */
  jackknife: Sample;
  level: number;
}

/**
 * Efron's bias-corrected and accelerated bootstrap interval (B. Efron, "Better Bootstrap Confidence Intervals", JASA 82 (1987),
 * 171-185): quantiles (type 7) of the replicates, at probabilities moved by the share of replicates below the estimate and by the
 * skewness of the jackknife. Replicates equal to the estimate count half.
 *
 * Null where every replicate lies on one side of the estimate: the correction is then infinite and no interval follows.
 *
 * @throws LabError for a level outside (0, 1) and values that are not finite
 */
export function bcaInterval({ estimate, replicates, jackknife, level }: BcaInput): Interval | null {
  requireLevel(level);
  const sorted = sortedCopy(finiteSample(replicates, "replicates"));
  let [below, equal] = [0, 0];
  for (const replicate of sorted) {
    if (replicate < estimate) below++;
    else if (replicate === estimate) equal++;
  }
  const bias = normalQuantile((below + equal / 2) / sorted.length);
  if (!Number.isFinite(bias)) return null;
  const acceleration = accelerationOf(finiteSample(jackknife, "jackknife"));
  const end = (p: number) => {
    const z = bias + normalQuantile(p);
    const shrink = 1 - acceleration * z;
    // Beyond the pole of the transformation the probability has already reached the end it was going to.
    const moved = shrink > 0 ? normalCdf(bias + z / shrink) : z > 0 ? 1 : 0;
    return quantileOfSorted(sorted, moved);
  };
  const tail = (1 - level) / 2;
  return { low: end(tail), high: end(1 - tail), level, coverage: null, method: "bca" };
}

/** A sixth of the skewness of the influence that each unit has; 0 where none has any. */
function accelerationOf(jackknife: Float64Array): number {
  // Divided by the largest influence first: the result does not depend on scale, but cubes overflow.
  const mean = jackknife.reduce((sum, value) => sum + value / jackknife.length, 0);
  const largest = jackknife.reduce((most, value) => Math.max(most, Math.abs(mean - value)), 0);
  if (largest === 0) return 0;
  let [squares, cubes] = [0, 0];
  for (const value of jackknife) {
    const influence = (mean - value) / largest;
    squares += influence ** 2;
    cubes += influence ** 3;
  }
  return cubes / (6 * squares ** 1.5);
}
