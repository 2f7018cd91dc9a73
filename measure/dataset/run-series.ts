import type { TimeMetric } from "../../study/metric-lists.ts";
import { quoted } from "./database.ts";
import { readRows } from "./open.ts";
import { type PacketSource, packetsOf, usable } from "./packet-values.ts";
import type { RunRecord } from "./run-record.ts";

/** A packet of a run, in the order of sending. */
interface SeriesPacket {
  packet: number;
  /** Nanoseconds; null where there is none that may be used. */
  value: number | null;
  /** Whether it did not come back. */
  isLost: boolean;
}

/** A run packet by packet. */
export interface RunSeries {
  run: RunRecord;
  /** Whether it has more packets than these. */
  isCut: boolean;
  packets: SeriesPacket[];
}

/** The first packets of some runs, in the order of the runs. @param most of a run */
export async function runSeries(
  source: PacketSource,
  metric: TimeMetric,
  runs: readonly RunRecord[],
  most: number,
): Promise<RunSeries[]> {
  if (runs.length === 0) return [];
  const rows = await readRows(
    `SELECT run_directory, packet, ${usable(metric)} AS v, CASE WHEN lost THEN 1 ELSE 0 END AS lost FROM ${packetsOf(source)}
     WHERE packet <= ${most} AND run_directory IN (${runs.map(({ directory }) => quoted(directory)).join(", ")})
     ORDER BY run_directory, packet`,
  );
  const byRun = Map.groupBy(rows, (row) => String(row.get("run_directory")));
  return runs.map((run) => ({
    run,
    isCut: run.transmitted > most,
    packets: (byRun.get(run.directory) ?? []).map((row) => {
      const value = row.get("v") ?? null;
      return {
        packet: Number(row.get("packet")),
        value: value === null ? null : Number(value),
        isLost: row.get("lost") === 1,
      };
    }),
  }));
}
