import { z } from "zod";
import { digits } from "../../lib/digits.ts";
import { metricSummarySchema } from "../../measure/results/manifest.ts";
import { median } from "../../measure/statistics/quantiles.ts";
import { mainMetric, publishedName } from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";

const runsSchema = z.array(z.object({ summary: z.record(z.string(), z.record(z.string(), metricSummarySchema)) }));

/** "median RTT 0.188 ms (0.185 to 0.191 in 2 runs)", of what a stack says of its runs; empty where it says nothing of it. */
export function foundText(runs: unknown): string {
  const parsed = runsSchema.safeParse(runs);
  const medians = (parsed.data ?? []).flatMap(({ summary }) =>
    Object.values(summary).flatMap((ofProbe) => {
      const metric = ofProbe[publishedName(mainMetric)];
      return metric && "median" in metric ? [metric.median] : [];
    }),
  );
  if (medians.length === 0) return "";
  const range = `${digits(Math.min(...medians))} to ${digits(Math.max(...medians))} in ${medians.length} runs`;
  return `median ${metrics[mainMetric].head} ${digits(median(medians))} ms${medians.length > 1 ? ` (${range})` : ""}`;
}
