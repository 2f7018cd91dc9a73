import { LabError } from "../../lib/errors.ts";
import type { TimeMetric } from "../../study/metric-lists.ts";
import { type Quantile, quantileLevels, quantileNames } from "../metrics/metric-summary.ts";
import { snakeCase } from "./columns.ts";
import { quoted } from "./database.ts";
import { type Dataset, readRows } from "./open.ts";
import { partFiles } from "./update.ts";

/** The packets of one run: their numbers, and the values of one metric in nanoseconds, null where it may not be used. */
export interface PacketValues {
  packets: readonly number[];
  values: readonly (number | null)[];
}

/** The value of a metric that may be used, in nanoseconds, as SQL; else NULL. */
export const usable = (metric: TimeMetric) =>
  `CASE WHEN ${snakeCase(metric)}_flag IS NULL THEN ${snakeCase(metric)}_ns END`;

/** Values of a metric by run directory. @param table of packets */
export async function readPacketValues(table: string, metric: TimeMetric): Promise<Map<string, PacketValues>> {
  const rows = await readRows(
    `SELECT run_directory, list(packet ORDER BY packet)::VARCHAR AS packets, list(${usable(metric)} ORDER BY packet)::VARCHAR AS "values"
     FROM read_parquet(${partFiles(table)}) GROUP BY run_directory`,
  );
  const numbers = (text: unknown): (number | null)[] => {
    const parsed: unknown = JSON.parse(String(text).replaceAll("NULL", "null"));
    if (!Array.isArray(parsed)) throw new LabError(`${table}: the derived data is damaged; rebuild it`);
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
export interface PooledSummary extends Record<Quantile, number> {
  n: number;
}

/** Where packets are, and which runs there are copies of others. */
export type PacketSource = Pick<Dataset, "tables" | "copies">;

/** Ping's table without the packets of copies, as SQL reads it. */
export const packetsOf = ({ tables, copies }: PacketSource): string => {
  const table = `read_parquet(${partFiles(tables.packets)})`;
  return copies.length === 0
    ? table
    : `(SELECT * FROM ${table} WHERE run_directory NOT IN (${copies.map(quoted).join(", ")}))`;
};

/** The seven numbers of a box as columns of SQL. Quantiles are of Hyndman-Fan type 7. @param value a column of doubles */
export const boxColumns = (value: string): string =>
  quantileNames.map((name) => `quantile_cont(${value}, ${quantileLevels[name]}) AS "${name}"`).join(", ");

/** These numbers of a row. */
export const boxOf = (row: ReadonlyMap<string, unknown>): PooledSummary => ({
  n: Number(row.get("n")),
  ...(Object.fromEntries(quantileNames.map((name) => [name, Number(row.get(name))])) as Record<Quantile, number>),
});

/** Summaries of a metric over the packets of all runs of a scenario, by the scenario's hash; only where there are values. */
export async function pooledSummaries(source: PacketSource, metric: TimeMetric): Promise<Map<string, PooledSummary>> {
  const rows = await readRows(
    `SELECT scenario_sha256, count(v) AS n, ${boxColumns("v")}
     FROM (SELECT scenario_sha256, (${usable(metric)})::DOUBLE AS v FROM ${packetsOf(source)})
     WHERE v IS NOT NULL GROUP BY scenario_sha256`,
  );
  return new Map(rows.map((row) => [String(row.get("scenario_sha256")), boxOf(row)]));
}
