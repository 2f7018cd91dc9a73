import type { Dataset, RunRecord } from "../dataset/open.ts";
import { type PacketMetric, type PooledSummary, pooledSummaries } from "../dataset/packet-values.ts";
import { bootstrapMedian } from "../statistics/bootstrap.ts";
import type { Interval } from "../statistics/interval.ts";
import { median } from "../statistics/quantiles.ts";
import { placeOf } from "./arms.ts";

/** A metric of a scenario, in milliseconds; or why there is none. */
export type ScenarioMetric =
  | {
      /** Packets of all runs that may be used, and their quantiles (Hyndman-Fan type 7). */
      n: number;
      median: number;
      p05: number;
      p95: number;
      min: number;
      max: number;
      /** Median of the runs' medians with its BCa interval, which takes runs for what is independent; null with few runs. */
      runMedian: number;
      interval: Pick<Interval, "low" | "high" | "level"> | null;
    }
  | { unavailable: string };

export interface ScenarioSummary {
  scenario: string;
  scenarioSha256: string;
  /** What the study calls it; null for what the study does not have. */
  arm: string | null;
  senderDriver: string;
  responderDriver: string;
  backgroundVms: number;
  backgroundDriver: string | null;
  loadType: string | null;
  loadLocation: string | null;
  pingRatePps: number;
  /** Median over the runs of the rate that ping achieved; null where none is known. */
  achievedRatePps: number | null;
  runs: number;
  transmitted: number;
  lost: number;
  rttMs: ScenarioMetric;
  rttOverheadMs: ScenarioMetric;
  responseTimeMs: ScenarioMetric;
  /** Medians over the runs. */
  cpuPercent: { sender: number; responder: number };
}

const shown = { rttMs: "rtt", rttOverheadMs: "overhead", responseTimeMs: "responseTime" } as const;
/** With fewer runs, not even the range from the smallest to the largest of them covers the median at 95 %. */
export const fewestRuns = 6;
/** Enough for an interval that is printed with three digits, on hundreds of scenarios. */
const resamples = 1999;

function metricOf(runs: readonly RunRecord[], metric: PacketMetric, pooled: PooledSummary | undefined): ScenarioMetric {
  const summaries = runs.map(({ metrics }) => metrics[metric]);
  const medians = summaries.flatMap((one) => ("unavailable" in one ? [] : [one.median / 1e6]));
  if (pooled === undefined || medians.length === 0) {
    const reason = summaries.find((one) => "unavailable" in one);
    return { unavailable: reason && "unavailable" in reason ? reason.unavailable : "there is no value" };
  }
  const { estimate, interval } = bootstrapMedian(medians, { seed: 1, resamples });
  const covered = medians.length < fewestRuns ? null : interval;
  const { n, ...quantiles } = pooled;
  const inMs = Object.fromEntries(Object.entries(quantiles).map(([name, ns]) => [name, ns / 1e6])) as Omit<
    PooledSummary,
    "n"
  >;
  return {
    n,
    ...inMs,
    runMedian: estimate,
    interval: covered && { low: covered.low, high: covered.high, level: covered.level },
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const medianOrNull = (values: readonly number[]) => (values.length === 0 ? null : median(values));

/** The metrics of every scenario of a dataset, in the order of their names. */
export async function summariseScenarios({ directory, runs }: Dataset): Promise<ScenarioSummary[]> {
  const pooled = {
    rttMs: await pooledSummaries(directory, shown.rttMs),
    rttOverheadMs: await pooledSummaries(directory, shown.rttOverheadMs),
    responseTimeMs: await pooledSummaries(directory, shown.responseTimeMs),
  };
  const groups = Map.groupBy(runs, ({ scenarioSha256 }) => scenarioSha256);
  return [...groups.entries()]
    .flatMap(([sha256, all]) => {
      const [first] = all;
      if (first === undefined) return [];
      const metric = (name: keyof typeof shown) => metricOf(all, shown[name], pooled[name].get(sha256));
      const summary: ScenarioSummary = {
        scenario: first.scenario,
        scenarioSha256: sha256,
        arm: placeOf(first)?.arm ?? null,
        senderDriver: first.senderDriver,
        responderDriver: first.responderDriver,
        backgroundVms: first.backgroundVms,
        backgroundDriver: first.backgroundDriver,
        loadType: first.loadType,
        loadLocation: first.loadLocation,
        pingRatePps: first.pingRatePps,
        achievedRatePps: medianOrNull(all.flatMap(({ achievedRatePps }) => achievedRatePps ?? [])),
        runs: all.length,
        transmitted: sum(all.map(({ transmitted }) => transmitted)),
        lost: sum(all.map(({ transmitted, received }) => transmitted - received)),
        rttMs: metric("rttMs"),
        rttOverheadMs: metric("rttOverheadMs"),
        responseTimeMs: metric("responseTimeMs"),
        cpuPercent: {
          sender: median(all.map(({ cpuSender }) => cpuSender)),
          responder: median(all.map(({ cpuResponder }) => cpuResponder)),
        },
      };
      return [summary];
    })
    .sort((a, b) => (a.scenario < b.scenario ? -1 : 1));
}
