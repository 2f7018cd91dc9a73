import { describe, expect, it } from "vitest";
import { packetTableOf } from "../../../measure/dataset/columns.ts";
import { declarationOf, pingMetrics } from "../../../measure/probes/ping/metrics.ts";
import type { MetricRow } from "../../../study/metric.ts";
import {
  mainMetric,
  measureNames,
  measures,
  measuresOf,
  packetMetrics,
  packetMetricsOf,
  publishedMetrics,
  publishedName,
  timeMetrics,
} from "../../../study/metric-lists.ts";
import { type MetricId, metrics } from "../../../study/metrics.ts";
import { rttAt } from "../../../study/packet-times.ts";
import { roleOfPoint } from "../../../study/points.ts";
import { codeThatNames, filesWithWord } from "../../support/named-in.ts";

const ids = Object.keys(metrics) as MetricId[];
const table: Record<string, MetricRow> = metrics;

describe("the table of metrics", () => {
  it("rests each time on the clocks of its capture points, and on the Sender VM's only what ping's RTT is part of", () => {
    expect(timeMetrics.length).toBeGreaterThan(10);
    for (const id of timeMetrics) {
      const { clocks, points } = metrics[id];
      const servers = [...new Set(points.map(roleOfPoint))];
      expect(
        clocks.filter((clock) => clock !== "senderVm"),
        id,
      ).toEqual(servers);
    }
  });

  it("names only metrics where it says what one is a part of", () => {
    const named = ids.flatMap((id) => {
      const row = table[id]!;
      return row.kind === "share" ? [row.part, row.whole] : "partOf" in row ? [row.partOf] : [];
    });
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((id) => id !== undefined && !(id in metrics))).toEqual([]);
  });

  it("calls a metric's median by the metric's name", () => {
    const medians = measureNames.filter((name) => measures[name].statistic === "median");
    expect(medians.length).toBeGreaterThan(5);
    for (const name of medians) expect(measures[name].metric).toBe(name);
  });

  it("publishes the RTT first, with a head for each", () => {
    expect(publishedMetrics.map(publishedName)).toEqual(["rttMs", "rttOverheadMs", "responseTimeMs"]);
    expect(metrics[mainMetric].points).toEqual([]);
    for (const id of publishedMetrics) expect(metrics[id].head).not.toBe("");
  });
});

it("a row more is in the tables' columns and among the measures, with nothing else to change", () => {
  const replyDelay: MetricRow = {
    kind: "time",
    from: "made up",
    value: rttAt("responder.virt"),
    clocks: ["senderVm"],
    points: [],
    leastNs: 0,
    what: "how late a reply comes",
    measures: { replyDelay: { statistic: "median", what: "median reply delay", compared: true, drifts: true } },
  };
  const more = { ...metrics, replyDelay };
  const names = (columns: readonly { name: string }[]) => columns.map(({ name }) => name);
  expect(names(packetTableOf(more))).toEqual([
    ...names(packetTableOf(metrics)),
    ...["reply_delay_ns", "reply_delay_reason", "reply_delay_flag"],
  ]);
  expect(declarationOf(replyDelay)).toEqual({ unit: "ns", what: "how late a reply comes" });
  expect(packetMetricsOf(more)).toEqual([...packetMetrics, "replyDelay"]);
  expect(measuresOf(more).replyDelay).toMatchObject({ metric: "replyDelay", unit: "ms", compared: true });
  expect(packetMetrics).not.toContain("replyDelay");
});

it("is what ping declares of each metric that packets have, in nanoseconds or parts of 1", () => {
  expect(Object.keys(pingMetrics)).toEqual(packetMetrics);
  for (const id of packetMetrics) {
    expect(pingMetrics[id]).toMatchObject({ what: metrics[id].what, unit: metrics[id].kind === "time" ? "ns" : "1" });
  }
  const published = Object.values(pingMetrics).flatMap((metric) => metric.published ?? []);
  expect(published).toEqual(publishedMetrics.map(publishedName));
});

/** Ids that are English words too, and so stand in sentences that are about something else. */
const isEnglish = (id: string) => id === id.toLowerCase();
const names = [...ids, ...publishedMetrics.map(publishedName)];

it.each(names)("%s stands in seven files outside tests at most", (id) => {
  const files = isEnglish(id) ? codeThatNames(id) : filesWithWord(id);
  expect(files.length, files.join(" ")).toBeLessThanOrEqual(7);
  expect(files).toContain("study/metrics.ts");
});
