import type { Role } from "../../lib/roles.ts";
import {
  byPublishedName,
  type CpuMetric,
  cpuMetrics,
  type PublishedMetric,
  type PublishedName,
  publishedMetrics,
} from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";
import type { Dataset } from "../dataset/open.ts";
import { type PooledSummary, pooledSummaries } from "../dataset/packet-values.ts";
import type { Interval } from "../statistics/interval.ts";
import { medianInterval } from "../statistics/median-interval.ts";
import { median } from "../statistics/quantiles.ts";
import { placeOf } from "./arms.ts";
import { type Deployment, deploymentsOf } from "./deployments.ts";
import { measureOf } from "./measures.ts";

/** A metric of a scenario, in milliseconds; or why there is none. */
export type ScenarioMetric =
  | {
      /** Packets of all runs that may be used, and their quantiles (Hyndman-Fan type 7). */
      n: number;
      min: number;
      p05: number;
      p25: number;
      median: number;
      p75: number;
      p95: number;
      max: number;
      /** Deployments that have a value. */
      deployments: number;
      /** Median of the deployments' values with its interval (sign test), exact for any distribution; null below six of them. */
      deploymentMedian: number;
      interval: Pick<Interval, "low" | "high" | "level"> | null;
    }
  | { unavailable: string };

export interface ScenarioSummary extends Record<PublishedName, ScenarioMetric> {
  scenario: string;
  scenarioSha256: string;
  /** What the study calls it; null for what the study does not have. */
  arm: string | null;
  /** How its Sender VM is attached; beside it stand, by their names, all factors that scenarios are told apart by. */
  senderDriver: string;
  /** Median over the runs of the rate that ping achieved; null where none is known. */
  achievedRatePps: number | null;
  /** How often it was deployed: what intervals count. */
  deployments: number;
  runs: number;
  transmitted: number;
  lost: number;
  /** Medians over the runs; null where mpstat did not run. */
  cpuPercent: Record<Role, number | null>;
}

function metricOf(
  deployments: readonly Deployment[],
  metric: PublishedMetric,
  pooled: PooledSummary | undefined,
): ScenarioMetric {
  const values = deployments.flatMap((deployment) => deployment.valueOf(metric) ?? []);
  if (pooled === undefined || values.length === 0) {
    const summaries = deployments.flatMap(({ runs }) => runs.map(({ metrics }) => metrics[metric]));
    const reason = summaries.find((summary) => "unavailable" in summary);
    return { unavailable: reason && "unavailable" in reason ? reason.unavailable : "there is no value" };
  }
  const { estimate, interval } = medianInterval(values);
  const { n, ...quantiles } = pooled;
  const inMs = Object.fromEntries(Object.entries(quantiles).map(([name, ns]) => [name, ns / 1e6])) as Omit<
    PooledSummary,
    "n"
  >;
  return {
    n,
    ...inMs,
    deployments: values.length,
    deploymentMedian: estimate,
    interval: interval && { low: interval.low, high: interval.high, level: interval.level },
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const medianOrNull = (values: readonly number[]) => (values.length === 0 ? null : median(values));

const cpuByServer = <T>(give: (metric: CpuMetric) => T) =>
  Object.fromEntries(cpuMetrics.map((metric) => [metrics[metric].server, give(metric)])) as Record<Role, T>;

/** The metrics of every scenario of a dataset, in the order of their names. */
export async function summariseScenarios(dataset: Dataset): Promise<ScenarioSummary[]> {
  const pooled = new Map<PublishedMetric, Map<string, PooledSummary>>();
  for (const metric of publishedMetrics) pooled.set(metric, await pooledSummaries(dataset, metric));
  const groups = Map.groupBy(dataset.runs, ({ scenarioSha256 }) => scenarioSha256);
  return [...groups.entries()]
    .flatMap(([sha256, all]) => {
      const [first] = all;
      if (first === undefined) return [];
      const deployments = deploymentsOf(all);
      const summary: ScenarioSummary = {
        scenario: first.scenario,
        scenarioSha256: sha256,
        arm: placeOf(first)?.arm ?? null,
        senderDriver: first.mains.sender,
        ...first.shown,
        achievedRatePps: medianOrNull(all.flatMap(({ achievedRatePps }) => achievedRatePps ?? [])),
        deployments: deployments.length,
        runs: all.length,
        transmitted: sum(all.map(({ transmitted }) => transmitted)),
        lost: sum(all.map(({ transmitted, received }) => transmitted - received)),
        ...byPublishedName((metric) => metricOf(deployments, metric, pooled.get(metric)?.get(sha256))),
        cpuPercent: cpuByServer((metric) => medianOrNull(all.flatMap((run) => measureOf(run, metric) ?? []))),
      };
      return [summary];
    })
    .sort((a, b) => (a.scenario < b.scenario ? -1 : 1));
}
