import { keptUnits, type MetricRow } from "../../../study/metric.ts";
import { type PacketMetric, packetMetrics, type TimeMetric } from "../../../study/metric-lists.ts";
import { metrics } from "../../../study/metrics.ts";
import { missingWords } from "../../../study/missing.ts";
import type { MetricValues } from "../../metrics/metric-summary.ts";
import type { ProbeMetric } from "../probe.ts";
import type { MatchedFiles } from "./match-files.ts";
import type { RunMatch } from "./matching/match-run.ts";
import { usableValues } from "./matching/packet-record.ts";

const isTime = (metric: PacketMetric): metric is TimeMetric => metrics[metric].kind === "time";

/** The time whose absence is why a metric is absent: of a share, the part. */
const timeOf = (metric: PacketMetric): TimeMetric => (isTime(metric) ? metric : metrics[metric].part);

/** Values of a metric over the packets of a run that may be used: nanoseconds, or of a share parts of the whole. */
function valuesOf({ packets, unavailable }: RunMatch, metric: PacketMetric): MetricValues {
  const missing = unavailable[timeOf(metric)];
  if (missing !== undefined) return { unavailable: missingWords(missing) };
  if (isTime(metric)) return usableValues(packets, metric);
  const { part, whole } = metrics[metric];
  return packets.flatMap(({ values, flags }) => {
    const [ofPart, ofWhole] = [values[part], values[whole]];
    const isFlagged = flags[part] !== undefined || flags[whole] !== undefined;
    return ofPart === null || ofWhole === null || isFlagged ? [] : [ofPart / ofWhole];
  });
}

/** What ping declares of a metric of the study. */
export const declarationOf = ({ kind, what, published }: MetricRow): Omit<ProbeMetric<never>, "values"> => ({
  unit: keptUnits[kind],
  what,
  ...(published !== undefined && { published }),
});

/** All metrics of the study that packets have. */
export const pingMetrics: Readonly<Record<string, ProbeMetric<MatchedFiles>>> = Object.fromEntries(
  packetMetrics.map((id) => [id, { ...declarationOf(metrics[id]), values: ({ match }) => valuesOf(match, id) }]),
);
