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
  for (const metric of ["wire", "wireOut", "wireBack", "senderGuest", "responderGuest"] as const)
    values.set(metric, await readPacketValues(tablePaths(directory).packets, metric));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs with their load there. */
const loadedAt = (location: string | undefined) => runs.filter(({ load }) => load?.location === location);
const valuesOf = (some: readonly RunRecord[], metric: "overhead" | "responseTime", quantile: "median" | "p95") =>
  some.map(({ metrics: { [metric]: found } }) => ("unavailable" in found ? Number.NaN : found[quantile]));

describe("runs in virtual time", () => {
  it("are of a fidelity of their own, and lost nothing", () => {
    expect(runs.map(({ fidelity, received }) => [fidelity, received])).toEqual(
      new Array(18).fill(["emulated-virtual", 100]),
    );
  });

  it("know both ways between the NICs, which add up to the wire to four nanoseconds, what rounding makes, and take at least its latency", () => {
    for (const { directory: run } of runs) {
      const [wire, out, back] = (["wire", "wireOut", "wireBack"] as const).map(
        (metric) => values.get(metric)?.get(run)?.values,
      );
      expect(wire).toHaveLength(100);
      for (const [i, ns] of (wire ?? []).entries()) {
        expect(Math.abs(Number(out?.[i]) + Number(back?.[i]) - Number(ns))).toBeLessThanOrEqual(4);
        expect(Math.min(Number(out?.[i]), Number(back?.[i]))).toBeGreaterThan(10_000);
      }
    }
  });

  it("show CPU load at the Sender in the median overhead of every replicate, and in its 95th percentile", () => {
    const [none, loaded] = [loadedAt(undefined), loadedAt("sender")];
    expect([none.length, loaded.length]).toEqual([6, 6]);
    expect(Math.min(...valuesOf(loaded, "overhead", "median"))).toBeGreaterThan(
      1.02 * Math.max(...valuesOf(none, "overhead", "median")),
    );
    expect(Math.min(...valuesOf(loaded, "overhead", "p95"))).toBeGreaterThan(
      10 * Math.max(...valuesOf(none, "overhead", "p95")),
    );
  });

  it("show CPU load at the Responder in the 95th percentile of the response time alone, and in no median", () => {
    const [none, loaded] = [loadedAt(undefined), loadedAt("responder")];
    expect(loaded).toHaveLength(6);
    expect(Math.min(...valuesOf(loaded, "responseTime", "p95"))).toBeGreaterThan(
      Math.max(...valuesOf(none, "responseTime", "p95")),
    );
    for (const metric of ["overhead", "responseTime"] as const)
      expect(Math.min(...valuesOf(loaded, metric, "median"))).toBeLessThan(
        Math.max(...valuesOf(none, metric, "median")),
      );
  });

  it("let packets wait in the Main VM at the loaded end alone, more often at the Sender", () => {
    /** Of each run, the share of packets that took more than half a millisecond there; the first finds the neighbours' caches cold. */
    const waiting = (location: string | undefined, metric: "senderGuest" | "responderGuest") =>
      loadedAt(location).map(({ directory: run }) => {
        const times = [...(values.get(metric)?.get(run)?.values ?? [])].slice(1);
        return times.filter((ns) => Number(ns) > 500_000).length / times.length;
      });
    const least = Math.min(...waiting("sender", "senderGuest"));
    expect(least).toBeGreaterThan(0.34);
    const atResponder = waiting("responder", "responderGuest");
    expect(Math.min(...atResponder)).toBeGreaterThan(0.02);
    expect(Math.max(...atResponder)).toBeLessThan(0.08);
    for (const location of [undefined, "sender"]) expect(Math.max(...waiting(location, "responderGuest"))).toBe(0);
    for (const location of [undefined, "responder"])
      expect(Math.max(...waiting(location, "senderGuest"))).toBeLessThan(0.04);
  });
});
