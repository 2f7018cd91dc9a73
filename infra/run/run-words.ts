import { counted } from "../../lib/counted.ts";
import { digits } from "../../lib/digits.ts";
import { type Role, roles } from "../../lib/roles.ts";
import type { RunOutcome } from "../../measure/probe/outcome.ts";
import { median } from "../../measure/statistics/quantiles.ts";
import { mainMetric, publishedName } from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";

const metricWord = metrics[mainMetric].head;

/** The main metric of a run, whichever probe has it. */
const timesOf = ({ summary }: RunOutcome) =>
  Object.values(summary).flatMap((ofProbe) => ofProbe[publishedName(mainMetric)] ?? [])[0];

function lostText(runs: readonly RunOutcome[]): string[] {
  const packets = runs.flatMap((run) => run.packets ?? []);
  if (packets.length < runs.length || runs.length === 0) return [];
  const sum = (of: (each: (typeof packets)[number]) => number) => packets.reduce((total, each) => total + of(each), 0);
  return [
    `lost ${sum(({ transmitted, received }) => transmitted - received)} of ${sum(({ transmitted }) => transmitted)}`,
  ];
}

function cpuText(runs: readonly RunOutcome[]): string[] {
  const usage = runs.flatMap(({ cpu }) => cpu ?? []);
  if (usage.length < runs.length || runs.length === 0) return [];
  const mean = (role: Role) => usage.reduce((total, each) => total + each[role], 0) / usage.length;
  return [`CPU ${roles.map((role) => `${role} ${mean(role).toFixed(0)} %`).join(", ")}`];
}

/** "RTT 10.2 ms, 5th to 95th percentile 8.06 to 12.2; lost 0 of 100; CPU sender 65 %, responder 26 %": what there is of it. */
export function runText(run: RunOutcome): string {
  const times = timesOf(run);
  const text =
    times === undefined
      ? `${metricWord} unavailable`
      : "unavailable" in times
        ? `${metricWord} unavailable: ${times.unavailable}`
        : `${metricWord} ${digits(times.median)} ms, 5th to 95th percentile ${digits(times.p05)} to ${digits(times.p95)}`;
  return [text, ...lostText([run]), ...cpuText([run])].join("; ");
}

/**
 * All runs of a deployment in a line: the median of their medians and how far these lie apart, packets that were lost in all, and mean
 * CPU usage. @param fidelity of the servers: of emulated ones times and CPU usage compare only with each other's
 */
export function runsText(runs: readonly RunOutcome[], fidelity: string): string {
  const medians = runs.flatMap((run) => {
    const times = timesOf(run);
    return times !== undefined && "median" in times ? [times.median] : [];
  });
  const range =
    medians.length > 1 ? ` (of the runs ${digits(Math.min(...medians))} to ${digits(Math.max(...medians))})` : "";
  const text =
    medians.length === 0 ? `${metricWord} unavailable` : `median ${metricWord} ${digits(median(medians))} ms${range}`;
  return [`${counted(runs.length, "run")}: ${text}`, ...lostText(runs), ...cpuText(runs), `${fidelity} servers`].join(
    "; ",
  );
}
