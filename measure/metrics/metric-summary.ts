import type { MetricSummary } from "../results/manifest.ts";
import { quantileOfSorted } from "../statistics/quantiles.ts";

/** Median and percentiles (Hyndman-Fan type 7) of nanoseconds, in milliseconds. */
export function metricOf(values: readonly number[], unavailable: string | undefined): MetricSummary {
  if (unavailable !== undefined) return { unavailable };
  if (values.length === 0) return { unavailable: "no packet has a value that may be used" };
  const sorted = Float64Array.from(values, (ns) => ns / 1e6).sort();
  const at = (p: number) => quantileOfSorted(sorted, p);
  return { n: sorted.length, median: at(0.5), p05: at(0.05), p95: at(0.95), min: at(0), max: at(1) };
}
