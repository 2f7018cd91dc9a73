import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCapture } from "../../../../measure/capture/exchanges.ts";
import { matchRun, type RunMatch } from "../../../../measure/probes/ping/matching/match-run.ts";
import { usableValues } from "../../../../measure/probes/ping/matching/packet-record.ts";
import { noSharedClock } from "../../../../measure/probes/ping/matching/packet-values.ts";
import type { PointExchanges } from "../../../../measure/probes/ping/matching/points.ts";
import { parsePing } from "../../../../measure/probes/ping/parser/ping.ts";
import { type TimeMetric, timeMetrics } from "../../../../study/metric-lists.ts";
import { type PointName, pointNames } from "../../../../study/points.ts";

/** What servers with a clock each cannot tell. */
const oneWay = Object.fromEntries(
  (["wireOut", "wireBack"] as const).map((metric) => [metric, { metric, at: null, reason: noSharedClock }]),
);

const parts: TimeMetric[] = [
  "senderGuest",
  "senderOut",
  "wire",
  "responderIn",
  "responderGuest",
  "responderOut",
  "senderIn",
];
const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function realRun(driver: string): Promise<RunMatch> {
  const folder = join(import.meta.dirname, "../../../data/runs", driver);
  const point = async (name: PointName): Promise<PointExchanges> =>
    driver === "pci-passthrough" && name.endsWith("virt")
      ? { unavailable: "PCI passthrough has no interface on the host" }
      : (await readCapture(join(folder, `${name.replace(".", "-")}.pcap`))).exchanges;
  return matchRun({
    ping: parsePing(readFileSync(join(folder, "ping.txt"), "utf8")),
    id: 1001,
    intervalNs: 1_000_000,
    points: {
      "sender.virt": await point("sender.virt"),
      "sender.nic": await point("sender.nic"),
      "responder.nic": await point("responder.nic"),
      "responder.virt": await point("responder.virt"),
    },
  });
}

describe("real runs", () => {
  // Medians in ms of a computation by hand of the same files.
  it.each([
    ["virtio-bridge", 13.93, 7.43, 5.5, 5.73, 0],
    ["macvtap-passthrough", 8.6, 5.33, 3.35, 3.55, 100],
    ["e1000-bridge", 17.25, 9.15, 6.71, 7.12, 0],
  ])("%s", async (driver, rtt, nic, overhead, response, copies) => {
    const run = await realRun(driver);
    expect(run.packets).toHaveLength(100);
    const near = (metric: TimeMetric) => median(usableValues(run.packets, metric)) / 1e6;
    expect(Math.abs(near("rtt") - rtt)).toBeLessThan(0.2);
    expect(Math.abs(near("senderNicRtt") - nic)).toBeLessThan(0.2);
    expect(Math.abs(near("overhead") - overhead)).toBeLessThan(0.2);
    expect(Math.abs(near("responseTime") - response)).toBeLessThan(0.2);
    for (const { index, values, missing, flags } of run.packets) {
      expect(parts.reduce((sum, part) => sum + (values[part] ?? Number.NaN), 0)).toBe(values.rtt);
      const ofFirst = { sendLag: { metric: "sendLag", at: null, reason: "no request was sent before it" } };
      expect([missing, flags]).toEqual([{ ...oneWay, ...(index === 1 && ofFirst) }, {}]);
    }
    for (const name of pointNames)
      expect(run.points[name]).toEqual({ requests: 100, replies: 100, missing: 0, copies });
    expect(run).toMatchObject({
      transmitted: 100,
      received: 100,
      duplicates: 0,
      lostAfter: {},
      unavailable: oneWay,
      notes: [],
    });
    expect(run).toMatchObject({
      reorderedReplies: 0,
      reorderedRequests: 0,
      sending: { source: "packets", count: 100 },
    });
    for (const clock of [run.clocks.senderVm, run.clocks.servers]) {
      expect(clock?.steps).toEqual([]);
      expect(clock?.ratePpm?.low).toBeLessThan(0);
      expect(clock?.ratePpm?.high).toBeGreaterThan(0);
    }
  });

  it("pci-passthrough has an RTT, and reasons for the rest", async () => {
    const run = await realRun("pci-passthrough");
    expect(median(usableValues(run.packets, "rtt")) / 1e6).toBeCloseTo(1.5, 1);
    expect(run.unavailable.rtt).toBeUndefined();
    expect(run.unavailable.overhead).toEqual({
      metric: "overhead",
      at: "sender.nic",
      reason: "none of ping's packets (id 1001) is in the capture",
    });
    expect(run.unavailable.responseTime?.at).toBe("responder.nic");
    expect(run.unavailable.senderGuest).toMatchObject({
      at: "sender.virt",
      reason: "PCI passthrough has no interface on the host",
    });
    for (const { values, missing } of run.packets)
      for (const metric of timeMetrics) expect(values[metric] === null).toBe(missing[metric] !== undefined);
    expect(run.clocks).toEqual({ senderVm: null, servers: null });
    expect(run.sending).toMatchObject({ source: "printed", count: 100, mostInFlight: 1 });
  });
});
