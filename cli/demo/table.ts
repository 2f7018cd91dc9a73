import Table from "cli-table3";
import type { DemoSummary, MetricSummary } from "./summary.ts";

const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);
const median = (metric: MetricSummary) => ("median" in metric ? ms(metric.median) : "unavailable");
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
      "median RTT (of the runs)",
      "overhead",
      "response time",
      "CPU sender/responder",
      "lost",
      "servers",
    ],
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
    chars: plainBorders,
    colAligns: ["left", "right", "right", "right", "right", "right", "left"],
  });
  const reasons = new Set<string>();
  for (const { driver, rttMs, rttOverheadMs, responseTimeMs, cpuPercent, packets, lost } of scenarios) {
    for (const metric of [rttMs, rttOverheadMs, responseTimeMs])
      if ("unavailable" in metric) reasons.add(`${driver}: unavailable: ${metric.unavailable}`);
    table.push([
      driver,
      `${median(rttMs)}${range(runMedians[driver] ?? [])}`,
      median(rttOverheadMs),
      median(responseTimeMs),
      `${cpuPercent.sender.toFixed(0)} / ${cpuPercent.responder.toFixed(0)} %`,
      `${lost} of ${packets}`,
      fidelity,
    ]);
  }
  return [`${table.toString()}`, "times in milliseconds", ...reasons].join("\n");
}
