import { cpuMetrics } from "../../study/metric-lists.ts";
import { ping } from "../probes/ping/probe.ts";
import { allProbes } from "../probes/registry.ts";
import { snakeCase } from "./columns.ts";
import { quoted } from "./database.ts";
import { readRows } from "./open.ts";
import { boxColumns, boxOf, type PacketSource, type PooledSummary } from "./packet-values.ts";
import { cpuMetricName, summarisedMetrics } from "./summary-rows.ts";
import { partFiles } from "./update.ts";

/** A metric of which each run is one value: CPU usage, or what another probe than ping measures. */
export interface RunMetric {
  probe: string;
  /** As the table of summaries calls it. */
  metric: string;
  what: string;
  unit: string;
}

/** The values of the runs of a scenario, each the median of what the run has; or why no run has one. */
export type RunDistribution = PooledSummary | { unavailable: string };

const windowsOfPing = new Set(cpuMetrics.map((metric) => cpuMetricName(metric, "during")));

/** CPU usage while ping measured, and the metrics of all other probes: whatever is not of packets, in the registry's order. */
export const runMetrics: readonly RunMetric[] = allProbes.flatMap((probe) =>
  summarisedMetrics(probe)
    .filter(({ metric }) =>
      probe.id === ping.id ? windowsOfPing.has(metric) : Object.keys(probe.metrics).map(snakeCase).includes(metric),
    )
    .map(({ metric, unit, what }) => ({ probe: probe.id, metric, what, unit })),
);

/**
 * How a metric's values of runs are spread in each scenario that was measured with its probe, by the scenario's hash, in the metric's
 * unit. Copies of runs count once.
 */
export async function runDistributions(
  { tables: { runs, summaries }, copies }: PacketSource,
  { probe, metric }: RunMetric,
): Promise<Map<string, RunDistribution>> {
  const rows = await readRows(
    `SELECT scenario_sha256, count("median") FILTER (n > 0) AS n, ${boxColumns('CASE WHEN n > 0 THEN "median" END')},
       min(reason) AS reason
     FROM (SELECT run_directory, n, "median", reason FROM read_parquet(${partFiles(summaries)})
           WHERE probe = ${quoted(probe)} AND metric = ${quoted(metric)}) AS summary
     JOIN (SELECT run_directory, scenario_sha256 FROM read_parquet(${partFiles(runs)})) AS run USING (run_directory)
     WHERE NOT list_contains([${copies.map(quoted).join(", ")}]::VARCHAR[], run_directory)
     GROUP BY scenario_sha256`,
  );
  return new Map(
    rows.map((row) => [
      String(row.get("scenario_sha256")),
      Number(row.get("n")) > 0 ? boxOf(row) : { unavailable: String(row.get("reason") ?? "no run has a value") },
    ]),
  );
}
