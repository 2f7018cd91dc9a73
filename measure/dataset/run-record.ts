import type { RunFactors } from "../../study/factor-columns.ts";
import type { AnalysedMetric, CpuMetric } from "../../study/metric-lists.ts";
import type { ValueSummary } from "../metrics/metric-summary.ts";
import type { RunOrder } from "../results/order.ts";

/** A metric over the packets of one run; or why there is none. */
export type PacketSummary = ValueSummary;

/** CPU usage of a server in one run; or why there is none. */
type CpuValue = number | { unavailable: string };

/** A run as analyses see it. */
export interface RunRecord extends RunFactors {
  /** Folder, from the results directory. */
  directory: string;
  /** What lies above the scenario's folder: runs of equal replicate and number belong together only within it. */
  batch: string;
  scenario: string;
  scenarioSha256: string;
  fidelity: string;
  environmentSha256: string;
  replicate: number;
  run: number;
  /** Start of the run, ISO 8601. */
  started: string;
  /** Where its deployment stands in a campaign's order; null where none was planned. */
  order: RunOrder | null;
  /** By their boots the Main VMs that it was measured in; null where nobody knows. */
  mainVms: string | null;
  transmitted: number;
  received: number;
  achievedRatePps: number | null;
  /** Per cent, in the window with ping. */
  cpu: Record<CpuMetric, CpuValue>;
  /** Times are nanoseconds, shares parts of 1. */
  metrics: Record<AnalysedMetric, PacketSummary>;
}

/** Something for each of some ids. */
export const eachOf = <Id extends string, T>(ids: readonly Id[], give: (id: Id) => T): Record<Id, T> =>
  Object.fromEntries(ids.map((id) => [id, give(id)])) as Record<Id, T>;

/** What lies above a run's scenario. @param directory its folder, from the results directory */
export const batchOf = (directory: string): string => directory.split("/").slice(0, -2).join("/");
