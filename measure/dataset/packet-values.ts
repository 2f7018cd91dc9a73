import { LabError } from "../../lib/errors.ts";
import type { TimeMetric } from "../../study/metric-lists.ts";
import { snakeCase } from "./columns.ts";
import { readRows } from "./open.ts";
import { partFiles, tablePaths } from "./update.ts";

/** The packets of one run: their numbers, and the values of one metric in nanoseconds, null where it may not be used. */
export interface PacketValues {
  packets: readonly number[];
  values: readonly (number | null)[];
}

const usable = (metric: TimeMetric) => `CASE WHEN ${snakeCase(metric)}_flag IS NULL THEN ${snakeCase(metric)}_ns END`;

/** Values of a metric by run directory. */
export async function readPacketValues(directory: string, metric: TimeMetric): Promise<Map<string, PacketValues>> {
  const rows = await readRows(
    `SELECT run_directory, list(packet ORDER BY packet)::VARCHAR AS packets, list(${usable(metric)} ORDER BY packet)::VARCHAR AS "values"
     FROM read_parquet(${partFiles(tablePaths(directory).packets)}) GROUP BY run_directory`,
  );
  const numbers = (text: unknown): (number | null)[] => {
    const parsed: unknown = JSON.parse(String(text).replaceAll("NULL", "null"));
    if (!Array.isArray(parsed)) throw new LabError(`${directory}: the derived data is damaged; rebuild it`);
    return parsed;
  };
  return new Map(
    rows.map((row) => [
      String(row.get("run_directory")),
      { packets: numbers(row.get("packets")) as number[], values: numbers(row.get("values")) },
    ]),
  );
}

/** A metric over all packets of a scenario's runs that may be used, nanoseconds. */
export interface PooledSummary {
  n: number;
  median: number;
  p05: number;
  p95: number;
  min: number;
  max: number;
}

/** Summaries of a metric over the packets of all runs of a scenario, by the scenario's hash; only where there are values. */
export async function pooledSummaries(directory: string, metric: TimeMetric): Promise<Map<string, PooledSummary>> {
  const rows = await readRows(
    `SELECT scenario_sha256, count(v) AS n, quantile_cont(v, 0.5) AS median, quantile_cont(v, 0.05) AS p05,
       quantile_cont(v, 0.95) AS p95, min(v)::DOUBLE AS min, max(v)::DOUBLE AS max
     FROM (SELECT scenario_sha256, (${usable(metric)})::DOUBLE AS v FROM read_parquet(${partFiles(tablePaths(directory).packets)}))
     WHERE v IS NOT NULL GROUP BY scenario_sha256`,
  );
  const number = (row: ReadonlyMap<string, unknown>, name: string) => Number(row.get(name));
  return new Map(
    rows.map((row) => [
      String(row.get("scenario_sha256")),
      {
        n: number(row, "n"),
        median: number(row, "median"),
        p05: number(row, "p05"),
        p95: number(row, "p95"),
        min: number(row, "min"),
        max: number(row, "max"),
      },
    ]),
  );
}
