import { type MeasureRow, type MetricRow, shownUnits } from "./metric.ts";
import { type MetricId, metrics } from "./metrics.ts";

type Rows = typeof metrics;
type IdsOf<Kind extends MetricRow["kind"]> = { [Id in MetricId]: Rows[Id]["kind"] extends Kind ? Id : never }[MetricId];
type IdsWith<Field extends PropertyKey> = { [Id in MetricId]: Field extends keyof Rows[Id] ? Id : never }[MetricId];
type Rename<Field extends string> = {
  [Id in MetricId]: Rows[Id] extends Record<Field, infer Value> ? Value : never;
}[MetricId];

/** A table of metrics; the functions below take another one for the sake of tests. */
export type MetricTable = Readonly<Record<string, MetricRow>>;

const idsWhere = (table: MetricTable, wanted: (row: MetricRow) => boolean): string[] =>
  Object.entries(table).flatMap(([id, row]) => (wanted(row) ? [id] : []));

/** Metrics of which each packet has a value in nanoseconds, in the table's order. */
export type TimeMetric = IdsOf<"time">;
export const timeMetricsOf = (table: MetricTable) => idsWhere(table, ({ kind }) => kind === "time");
export const timeMetrics = timeMetricsOf(metrics) as TimeMetric[];

/** Metrics that are summarised over the packets of a run. */
export type PacketMetric = IdsOf<"time" | "share">;
export const packetMetricsOf = (table: MetricTable) => idsWhere(table, ({ kind }) => kind !== "cpu");
export const packetMetrics = packetMetricsOf(metrics) as PacketMetric[];

/** Metrics of which a run has one value. */
export type CpuMetric = IdsOf<"cpu">;
const cpuMetricsOf = (table: MetricTable) => idsWhere(table, ({ kind }) => kind === "cpu");
export const cpuMetrics = cpuMetricsOf(metrics) as CpuMetric[];

/** Packet metrics that analyses use; the dataset has more. */
export type AnalysedMetric = IdsWith<"measures"> & PacketMetric;
export const analysedMetrics = idsWhere(
  metrics,
  ({ kind, measures }) => kind !== "cpu" && measures !== undefined,
) as AnalysedMetric[];

/** Metrics that a manifest summarises and every table of scenarios shows, the study's main one first. */
export type PublishedMetric = IdsWith<"published"> & TimeMetric;
export const publishedMetrics = idsWhere(metrics, ({ published }) => published !== undefined) as PublishedMetric[];
export type PublishedName = Rename<"published">;
export const publishedName = (metric: PublishedMetric): PublishedName => metrics[metric].published;
export const [mainMetric] = publishedMetrics as [PublishedMetric, ...PublishedMetric[]];

/** Something for each published metric, by the name that manifests give it. */
export const byPublishedName = <T>(give: (metric: PublishedMetric) => T): Record<PublishedName, T> =>
  Object.fromEntries(publishedMetrics.map((metric) => [publishedName(metric), give(metric)])) as Record<
    PublishedName,
    T
  >;

/** Numbers that a run has one of, and the metric that each is of. */
export type Measure = {
  [Id in MetricId]: Rows[Id] extends Record<"measures", infer Measures> ? keyof Measures : never;
}[MetricId];
export interface MeasureOfMetric extends MeasureRow {
  metric: AnalysedMetric | CpuMetric;
  kind: MetricRow["kind"];
  unit: string;
}
export const measuresOf = (table: MetricTable): Record<string, MeasureOfMetric> =>
  Object.fromEntries(
    Object.entries(table).flatMap(([id, { kind, measures = {} }]) =>
      Object.entries(measures).map(([name, row]) => [
        name,
        { ...row, metric: id as AnalysedMetric, kind, unit: shownUnits[kind] },
      ]),
    ),
  );
export const measures = measuresOf(metrics) as Record<Measure, MeasureOfMetric>;
export const measureNames = Object.keys(measures) as Measure[];
