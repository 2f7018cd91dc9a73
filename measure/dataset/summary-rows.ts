import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import { keptUnits, type MetricUnit } from "../../study/metric.ts";
import { type CpuMetric, cpuMetrics } from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";
import { type MetricValues, summariseValues } from "../metrics/metric-summary.ts";
import type { Probe } from "../probes/probe.ts";
import type { CpuRecord } from "../results/manifest.ts";
import { snakeCase } from "./columns.ts";
import type { MeasuredProbe, MeasuredRun } from "./read-run.ts";
import type { Row } from "./run-row.ts";

/** mpstat's windows of a probe, and what a metric of CPU usage is called by them. */
const windows = { during: "in the window with the probe", before: "in the window before it" } as const;
type CpuWindow = keyof typeof windows;

/** What the table of summaries calls CPU usage of a server in one of a probe's windows. */
export const cpuMetricName = (metric: CpuMetric, window: CpuWindow): string => `${snakeCase(metric)}_${window}`;

const cpuMetricsByWindow = cpuMetrics.flatMap((metric) =>
  (Object.keys(windows) as CpuWindow[]).map((window) => ({ metric, window, name: cpuMetricName(metric, window) })),
);

/** What the table of summaries has of every run of a probe: its own metrics, and the CPU usage that comes with any. */
export function summarisedMetrics(probe: Pick<Probe, "metrics">): { metric: string; unit: MetricUnit; what: string }[] {
  return [
    ...Object.entries(probe.metrics).map(([name, { unit, what }]) => ({ metric: snakeCase(name), unit, what })),
    ...cpuMetricsByWindow.map(({ metric, window, name }) => ({
      metric: name,
      unit: keptUnits.cpu,
      what: `${metrics[metric].what} ${windows[window]}`,
    })),
  ];
}

/** The same text for probes of which the table has the same metrics. */
export const metricsKey = (probes: readonly Probe[]): string =>
  sha256(canonicalJson(probes.map((probe) => [probe.id, summarisedMetrics(probe)]))).slice(0, 8);

/** A server's usage in a window. mpstat's two windows are one and the same in imported runs: then there is none before. */
function cpuValues(record: CpuRecord, window: CpuWindow): MetricValues {
  if ("unavailable" in record) return { unavailable: record.unavailable };
  const { before, during, beforeSamples, duringSamples } = record;
  if (window === "during") return [during];
  const isOne = beforeSamples[0] === duringSamples[0] && beforeSamples[1] === duringSamples[1];
  return isOne ? { unavailable: "there is no window before the probe" } : [before];
}

function summaryCells(values: MetricValues): Row {
  const summary = summariseValues(values);
  return "unavailable" in summary ? { n: 0, reason: summary.unavailable } : { ...summary, reason: null };
}

const rowsOfProbe = ({ record: { id, cpu }, metrics: own, derived }: MeasuredProbe): Row[] => [
  ...Object.entries(own).map(([name, metric]) => ({
    ...{ probe: id, metric: snakeCase(name), unit: metric.unit },
    ...summaryCells(metric.values(derived)),
  })),
  ...cpuMetricsByWindow.map(({ metric, window, name }) => ({
    ...{ probe: id, metric: name, unit: keptUnits.cpu },
    ...summaryCells(cpuValues(cpu[metrics[metric].server], window)),
  })),
];

/** A run's rows of the table of summaries. CPU usage is the manifest's; all else is from the raw files. */
export const summaryRows = (directory: string, { probes }: MeasuredRun): Row[] =>
  probes.flatMap(rowsOfProbe).map((row) => ({ run_directory: directory, ...row }));
