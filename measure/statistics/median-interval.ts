import { DEFAULT_LEVEL, type Estimate, requireLevel } from "./interval.ts";
import { median } from "./quantiles.ts";
import { finiteSample, type Sample } from "./samples.ts";
import { sortedCopy } from "./sorting.ts";

/**
 * The median of independent values with the interval of all medians that the two-sided sign test does not reject: the k-th value
 * from either end (H. A. David and H. N. Nagaraja, "Order Statistics", 7.1). Its coverage holds for any distribution, skewed ones
 * too, and with ties; 95 % takes six values.
 *
 * @throws LabError for no values and values that are not finite
 */
export function medianInterval(values: Sample, options: { level?: number } = {}): Estimate {
  const { level = DEFAULT_LEVEL } = options;
  requireLevel(level);
  const sorted = sortedCopy(finiteSample(values, "values"));
  const n = sorted.length;
  const estimate = median(sorted);
  const tail = (1 - level) / 2;
  // P(Bin(n, 1/2) <= k), in logarithms so that no n underflows.
  let [k, below, term] = [-1, 0, -n * Math.LN2];
  for (;;) {
    const next = below + Math.exp(term);
    if (next > tail || 2 * (k + 1) >= n) break;
    k++;
    below = next;
    term += Math.log((n - k) / (k + 1));
  }
  if (k < 0) return { estimate, interval: null, note: `too few values for an interval at level ${level}` };
  return {
    estimate,
    interval: { low: sorted[k]!, high: sorted[n - 1 - k]!, level, coverage: 1 - 2 * below, method: "exact" },
    note: null,
  };
}
