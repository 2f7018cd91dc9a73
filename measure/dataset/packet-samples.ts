import type { TimeMetric } from "../../study/metric-lists.ts";
import { readRows } from "./open.ts";
import { type PacketSource, packetsOf, usable } from "./packet-values.ts";
import { partFiles } from "./update.ts";

/** One packet and its value. */
interface SinglePacket {
  /** Folder of its run. */
  run: string;
  /** Number of the request, from 1. */
  packet: number;
  /** Nanoseconds. */
  value: number;
  /** Where it stands among the packets of its scenario, replicate by replicate and in the order of sending: between 0 and 1. */
  turn: number;
}

/** Some of a scenario's packets, or all. */
export interface PacketSample {
  /** So many there are. */
  of: number;
  packets: SinglePacket[];
}

/**
 * Packets of each scenario, by its hash, that have a value: all of them where they are few. Of more, so many at evenly spaced ranks of
 * their values, with the least and the greatest; of equal values the one that was sent first has the lower rank.
 * @param most of a scenario; at least 2
 */
export async function packetSamples(
  source: PacketSource,
  metric: TimeMetric,
  most: number,
): Promise<Map<string, PacketSample>> {
  // Runs by number: what is sorted has no texts.
  const rows = await readRows(
    `WITH run AS (
       SELECT run_directory, scenario_sha256, dense_rank() OVER (ORDER BY scenario_sha256) AS scenario_number,
         row_number() OVER (ORDER BY scenario_sha256, replicate, run, run_directory) AS run_number
       FROM read_parquet(${partFiles(source.tables.runs)})),
     ranked AS (
       SELECT run_number, packet, v, count(*) OVER (PARTITION BY scenario_number) AS n,
         row_number() OVER (PARTITION BY scenario_number ORDER BY v, run_number, packet) - 1 AS value_rank,
         row_number() OVER (PARTITION BY scenario_number ORDER BY run_number, packet) AS turn
       FROM (SELECT scenario_number, run_number, packet, ${usable(metric)} AS v FROM ${packetsOf(source)} JOIN run USING (run_directory))
       WHERE v IS NOT NULL)
     SELECT scenario_sha256, run_directory, packet, v, n, (turn - 0.5) / n AS turn
     FROM ranked JOIN run USING (run_number)
     WHERE n <= ${most} OR value_rank = round(round(value_rank * ${most - 1} / (n - 1)) * (n - 1) / ${most - 1})
     ORDER BY run_number, packet`,
  );
  const samples = new Map<string, PacketSample>();
  for (const row of rows) {
    const sha256 = String(row.get("scenario_sha256"));
    const sample = samples.get(sha256) ?? { of: Number(row.get("n")), packets: [] };
    samples.set(sha256, sample);
    sample.packets.push({
      run: String(row.get("run_directory")),
      packet: Number(row.get("packet")),
      value: Number(row.get("v")),
      turn: Number(row.get("turn")),
    });
  }
  return samples;
}
