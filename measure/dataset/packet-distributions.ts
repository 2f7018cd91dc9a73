import type { TimeMetric } from "../../study/metric-lists.ts";
import { readRows } from "./open.ts";
import { type PacketSource, packetsOf, usable } from "./packet-values.ts";

/** A point of an empirical distribution: this part of the values is not above this one. */
export interface DistributionPoint {
  part: number;
  /** Nanoseconds. */
  value: number;
}

/** Every twentieth, and then the tail, which is what people look for. */
const parts = [
  ...Array.from({ length: 20 }, (_, i) => i / 20),
  ...[0.96, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999, 1],
];

/** The parts that n values can tell apart: beyond 1 - 1/n there is the greatest alone. */
export const partsToldApart = (n: number): number[] => parts.filter((part) => part === 1 || part <= 1 - 1 / n + 1e-12);

/**
 * The empirical distribution of a metric over the packets of each scenario, by its hash: quantiles of Hyndman-Fan type 1, which are
 * values that were measured.
 */
export async function packetDistributions(
  source: PacketSource,
  metric: TimeMetric,
): Promise<Map<string, DistributionPoint[]>> {
  const rows = await readRows(
    `SELECT scenario_sha256, count(v) AS n, to_json(quantile_disc(v, [${parts.join(", ")}])) AS points
     FROM (SELECT scenario_sha256, ${usable(metric)} AS v FROM ${packetsOf(source)})
     WHERE v IS NOT NULL GROUP BY scenario_sha256`,
  );
  return new Map(
    rows.map((row) => {
      const values = JSON.parse(String(row.get("points"))) as number[];
      const told = new Set(partsToldApart(Number(row.get("n"))));
      const points = parts.map((part, i) => ({ part, value: values[i] ?? Number.NaN }));
      return [String(row.get("scenario_sha256")), points.filter(({ part }) => told.has(part))];
    }),
  );
}

/** What the packets that have all parts of the whole have on average: means, because only these add up. */
export interface MeanParts {
  n: number;
  /** Packets that have the whole, of which these are some or all. */
  of: number;
  /** Nanoseconds. */
  whole: number;
  /** By part; null where packets have no such part. */
  parts: readonly number[] | null;
}

/**
 * The mean of a whole and of its parts in each scenario, by its hash, over the packets that have all of them; over those that have the whole
 * where no packet has all parts.
 */
export async function meanParts(
  source: PacketSource,
  whole: TimeMetric,
  metrics: readonly TimeMetric[],
): Promise<Map<string, MeanParts>> {
  const complete = metrics.map((metric) => `(${usable(metric)}) IS NOT NULL`).join(" AND ");
  const cells = metrics.map((metric, i) => `avg((${usable(metric)})) FILTER (complete) AS part${i}`);
  const rows = await readRows(
    `SELECT scenario_sha256, count(*) AS n, count(*) FILTER (complete) AS n_complete, avg(whole) AS whole,
       avg(whole) FILTER (complete) AS whole_complete, ${cells.join(", ")}
     FROM (SELECT *, (${usable(whole)}) AS whole, (${complete}) AS complete FROM ${packetsOf(source)})
     WHERE whole IS NOT NULL GROUP BY scenario_sha256`,
  );
  return new Map(
    rows.map((row) => {
      const number = (name: string) => Number(row.get(name));
      const isComplete = number("n_complete") > 0;
      return [
        String(row.get("scenario_sha256")),
        isComplete
          ? {
              n: number("n_complete"),
              of: number("n"),
              whole: number("whole_complete"),
              parts: metrics.map((_, i) => number(`part${i}`)),
            }
          : { n: number("n"), of: number("n"), whole: number("whole"), parts: null },
      ];
    }),
  );
}
