import { LabError } from "../../lib/errors.ts";
import type { Role } from "../../lib/roles.ts";
import { onlyFidelity } from "../../measure/dataset/fidelity.ts";
import { readRun as readMeasuredRun } from "../../measure/dataset/read-run.ts";
import { usageIn } from "../../measure/metrics/cpu-usage.ts";
import { metricOf } from "../../measure/metrics/metric-summary.ts";
import { usableValues } from "../../measure/probes/ping/matching/packet-record.ts";
import type { PingRecord } from "../../measure/probes/ping/record.ts";
import type { Manifest } from "../../measure/results/manifest.ts";
import { keptUnits } from "../../study/metric.ts";
import {
  byPublishedName,
  mainMetric,
  type PublishedMetric,
  type PublishedName,
  publishedName,
} from "../../study/metric-lists.ts";
import { compareDrivers, type DriverComparison, type RunMedian } from "./comparisons.ts";

/** Statistics over the packets of all runs of a driver, in milliseconds; or why there are none. */
export type PooledMetric = { median: number; p05: number; p95: number } | { unavailable: string };

/** What the demo measured with one driver, as `--json` prints it. */
interface DriverSummary extends Record<PublishedName, PooledMetric> {
  driver: string;
  runs: number;
  /** Echo requests sent. */
  packets: number;
  lost: number;
  /** Mean over the runs, each over its window with ping in it; null where mpstat did not run. */
  cpuPercent: Record<Role, number | null>;
  /** Folders of the runs. */
  results: string[];
}

export interface DemoSummary {
  fidelity: string;
  scenarios: DriverSummary[];
  /** Every two drivers, and whether the data tell them apart. */
  comparisons: DriverComparison[];
}

interface Run {
  folder: string;
  manifest: Manifest;
  ping: PingRecord;
  /** Nanoseconds, of the packets that have a value that may be used. */
  values: Record<PublishedName, number[]>;
}

async function readRun(folder: string): Promise<Run> {
  const run = await readMeasuredRun(folder);
  if ("missing" in run) throw new LabError(`${folder}: this run does not count: ${run.missing}`);
  const { manifest, ping, match } = run;
  return { folder, manifest, ping, values: byPublishedName((metric) => usableValues(match.packets, metric)) };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const meanOrNull = (values: readonly number[]) => (values.length === 0 ? null : sum(values) / values.length);

/** Over all packets of all runs; where a run cannot have the metric, the scenario has none. */
function summariseMetric(runs: readonly Run[], published: PublishedMetric): PooledMetric {
  const name = publishedName(published);
  const reason = runs.flatMap(({ ping }) => {
    const metric = ping.metrics[name];
    return "unavailable" in metric ? [metric.unavailable] : [];
  })[0];
  const values = reason === undefined ? runs.flatMap((run) => run.values[name]) : { unavailable: reason };
  const metric = metricOf(values, keptUnits.time);
  if ("unavailable" in metric) return metric;
  const { median, p05, p95 } = metric;
  return { median, p05, p95 };
}

function summariseDriver(driver: string, runs: readonly Run[]): DriverSummary {
  const cpu = (role: Role) => meanOrNull(runs.flatMap(({ ping }) => usageIn(ping.cpu[role], "during") ?? []));
  const counts = runs.map(({ ping }) => ping.details);
  return {
    driver,
    runs: runs.length,
    packets: sum(counts.map(({ transmitted }) => transmitted)),
    lost: sum(counts.map(({ transmitted, received }) => transmitted - received)),
    ...byPublishedName((metric) => summariseMetric(runs, metric)),
    cpuPercent: { sender: cpu("sender"), responder: cpu("responder") },
    results: runs.map(({ folder }) => folder),
  };
}

/** The median RTT of a run, in milliseconds; null where no packet came back. */
export function medianRttOf({ metrics }: PingRecord): number | null {
  const main = metrics[publishedName(mainMetric)];
  return "median" in main ? main.median : null;
}

const medianRtt = ({ manifest, ping }: Run): RunMedian => ({
  replicate: manifest.replicate,
  medianMs: medianRttOf(ping),
});

/**
 * Summarises measured runs by driver from their files.
 * @param measured folders of the runs, by driver
 * @returns also the median RTT of each run in milliseconds, by driver
 * @throws LabError when a run does not count, or when servers of different fidelity are mixed
 */
export async function summariseDemo(
  measured: Readonly<Record<string, readonly string[]>>,
): Promise<{ summary: DemoSummary; runMedians: Record<string, number[]> }> {
  const byDriver = await Promise.all(
    Object.entries(measured).map(
      async ([driver, folders]) => [driver, await Promise.all(folders.map(readRun))] as const,
    ),
  );
  const fidelity = onlyFidelity(
    byDriver.flatMap(([, runs]) => runs.map(({ manifest }) => manifest.fidelity)),
    "the demo",
  );
  const medians = Object.fromEntries(byDriver.map(([driver, runs]) => [driver, runs.map(medianRtt)]));
  const scenarios = byDriver.map(([driver, runs]) => summariseDriver(driver, runs));
  return {
    summary: { fidelity, scenarios, comparisons: compareDrivers(medians) },
    runMedians: Object.fromEntries(
      Object.entries(medians).map(([driver, runs]) => [driver, runs.flatMap(({ medianMs }) => medianMs ?? [])]),
    ),
  };
}
