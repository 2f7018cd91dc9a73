import { keptUnits, type MetricUnit } from "../../study/metric.ts";
import type { MetricSummary } from "../results/manifest.ts";
import { quantileOfSorted } from "../statistics/quantiles.ts";

/** Values of a metric in one run that may be used, in any order; or why there are none. */
export type MetricValues = readonly number[] | { unavailable: string };

/** Quantiles of a summary, and where they lie (Hyndman-Fan type 7). */
export const quantileLevels = { min: 0, p05: 0.05, p25: 0.25, median: 0.5, p75: 0.75, p95: 0.95, max: 1 } as const;
export type Quantile = keyof typeof quantileLevels;
export const quantileNames = Object.keys(quantileLevels) as Quantile[];

/** How many values there are, and their quantiles, in the unit of the values; or why there are none. */
export type ValueSummary = Record<"n" | Quantile, number> | { unavailable: string };

/** Summarises the values of a metric in one run. */
export function summariseValues(values: MetricValues): ValueSummary {
  if ("unavailable" in values) return values;
  if (values.length === 0) return { unavailable: "no packet has a value that may be used" };
  const sorted = Float64Array.from(values).sort();
  const found = quantileNames.map((name) => [name, quantileOfSorted(sorted, quantileLevels[name])] as const);
  return { n: sorted.length, ...(Object.fromEntries(found) as Record<Quantile, number>) };
}

/** The summary that a manifest has: of times in milliseconds, of anything else in the unit of the values. */
export function metricOf(values: MetricValues, unit: MetricUnit): MetricSummary {
  const shown = "unavailable" in values || unit !== keptUnits.time ? values : values.map((ns) => ns / 1e6);
  const summary = summariseValues(shown);
  if ("unavailable" in summary) return summary;
  const { n, median, p05, p95, min, max } = summary;
  return { n, median, p05, p95, min, max };
}
