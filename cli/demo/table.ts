import Table from "cli-table3";
import { roles } from "../../lib/roles.ts";
import { mainMetric, publishedMetrics, publishedName } from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";
import type { DemoSummary, PooledMetric } from "./summary.ts";

const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);
const median = (metric: PooledMetric) => ("median" in metric ? ms(metric.median) : "unavailable");
const range = (values: readonly number[]) =>
  values.length === 0 ? "" : ` (${ms(Math.min(...values))} to ${ms(Math.max(...values))})`;

const plainBorders = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/**
 * The summary as a table for people, with the reason below it where a metric is unavailable.
 * @param runMedians per driver, the median RTT of each of its runs in milliseconds
 */
export function demoTable({ fidelity, scenarios }: DemoSummary, runMedians: Record<string, readonly number[]>): string {
  const table = new Table({
    head: [
      "driver",
      ...publishedMetrics.map((metric) =>
        metric === mainMetric ? `median ${metrics[metric].head} (of the runs)` : metrics[metric].head,
      ),
      "CPU sender/responder",
      "lost",
      "servers",
    ],
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
    chars: plainBorders,
    colAligns: ["left", ...publishedMetrics.map(() => "right" as const), "right", "right", "left"],
  });
  const reasons = new Set<string>();
  for (const scenario of scenarios) {
    const { driver, cpuPercent, packets, lost } = scenario;
    const cells = publishedMetrics.map((metric) => {
      const found = scenario[publishedName(metric)];
      if ("unavailable" in found) reasons.add(`${driver}: unavailable: ${found.unavailable}`);
      return `${median(found)}${metric === mainMetric ? range(runMedians[driver] ?? []) : ""}`;
    });
    table.push([
      driver,
      ...cells,
      `${roles.map((role) => cpuPercent[role]?.toFixed(0) ?? "unavailable").join(" / ")} %`,
      `${lost} of ${packets}`,
      fidelity,
    ]);
  }
  return [`${table.toString()}`, "times in milliseconds", ...reasons].join("\n");
}
