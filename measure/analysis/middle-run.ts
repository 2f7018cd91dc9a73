import type { AnalysedMetric } from "../../study/metric-lists.ts";
import type { RunRecord } from "../dataset/run-record.ts";

/**
 * The run in the middle of some: that whose median of a metric is the median of the runs' medians, of an even number the lower of the
 * two in the middle, of equal ones the first by folder. None where no run has a median.
 */
export function middleRun(runs: readonly RunRecord[], metric: AnalysedMetric): RunRecord | undefined {
  const ranked = runs
    .flatMap((run) => {
      const summary = run.metrics[metric];
      return "unavailable" in summary ? [] : [{ run, median: summary.median }];
    })
    .sort((a, b) => a.median - b.median || (a.run.directory < b.run.directory ? -1 : 1));
  return ranked[Math.floor((ranked.length - 1) / 2)]?.run;
}
