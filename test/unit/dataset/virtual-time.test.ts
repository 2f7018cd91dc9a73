import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDataset } from "../../../measure/dataset/open.ts";
import { readPacketValues } from "../../../measure/dataset/packet-values.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { tablePaths } from "../../../measure/dataset/update.ts";
import type { TimeMetric } from "../../../study/metric-lists.ts";

const directory = mkdtempSync(join(tmpdir(), "lab-virtual-time-"));
let runs: RunRecord[];
const values = new Map<TimeMetric, Awaited<ReturnType<typeof readPacketValues>>>();

beforeAll(async () => {
  cpSync(join(import.meta.dirname, "../../data/virtual-time"), directory, { recursive: true });
  ({ runs } = await openDataset(directory));
  for (const metric of ["wire", "wireOut", "wireBack"] as const)
    values.set(metric, await readPacketValues(tablePaths(directory).packets, metric));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs with their load there. */
const loadedAt = (location: string | undefined) => runs.filter(({ load }) => load?.location === location);
const spread = (some: readonly RunRecord[], metric: "overhead" | "responseTime") =>
  some.map(({ metrics: { [metric]: found } }) => ("unavailable" in found ? Number.NaN : found.p95));

describe("runs in virtual time", () => {
  it("are of a fidelity of their own, and lost nothing", () => {
    expect(runs.map(({ fidelity, received }) => [fidelity, received])).toEqual(
      new Array(4).fill(["emulated-virtual", 100]),
    );
  });

  it("know both ways between the NICs, which add up to the wire to two nanoseconds and take at least its latency", () => {
    for (const { directory: run } of runs) {
      const [wire, out, back] = (["wire", "wireOut", "wireBack"] as const).map(
        (metric) => values.get(metric)?.get(run)?.values,
      );
      expect(wire).toHaveLength(100);
      for (const [i, ns] of (wire ?? []).entries()) {
        expect(Math.abs(Number(out?.[i]) + Number(back?.[i]) - Number(ns))).toBeLessThanOrEqual(2);
        expect(Math.min(Number(out?.[i]), Number(back?.[i]))).toBeGreaterThan(10_000);
      }
    }
  });

  it("show CPU load where it is: at the Sender in the overhead, at the Responder in the response time", () => {
    const [none] = [loadedAt(undefined)];
    for (const overhead of spread(loadedAt("sender"), "overhead"))
      expect(overhead).toBeGreaterThan(10 * Math.max(...spread(none, "overhead")));
    for (const response of spread(loadedAt("responder"), "responseTime"))
      expect(response).toBeGreaterThan(1.5 * Math.max(...spread(none, "responseTime")));
    expect(Math.max(...spread(loadedAt("responder"), "overhead"))).toBeLessThan(
      1.25 * Math.max(...spread(none, "overhead")),
    );
    expect(Math.max(...spread(loadedAt("sender"), "responseTime"))).toBeLessThan(
      1.25 * Math.max(...spread(none, "responseTime")),
    );
  });
});
