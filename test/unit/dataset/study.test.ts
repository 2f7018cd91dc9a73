import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDataset } from "../../../measure/dataset/open.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { unpackedRuns } from "../../support/unpacked-runs.ts";

const names = ["study", "first-study"] as const;
type Name = (typeof names)[number];
const folders: Awaited<ReturnType<typeof unpackedRuns>>[] = [];
const runsOf = {} as Record<Name, RunRecord[]>;
beforeAll(async () => {
  for (const name of names) {
    const folder = await unpackedRuns(name);
    folders.push(folder);
    runsOf[name] = (await openDataset(folder.path)).runs;
  }
});
afterAll(() => {
  for (const folder of folders) folder[Symbol.dispose]();
});

/** Median RTT in milliseconds and achieved packets a second, of the runs with a driver and a load: "none", or its kind and place. */
const seen = (name: Name, driver: string, load: string) =>
  runsOf[name]
    .filter(
      ({ mains, load: found }) =>
        mains.sender === driver && (found ? `${found.type} at ${found.location}` : "none") === load,
    )
    .map(({ metrics: { rtt }, achievedRatePps, ratePps }) => ({
      asked: ratePps,
      achieved: achievedRatePps ?? Number.NaN,
      ms: "unavailable" in rtt ? Number.NaN : rtt.median / 1e6,
    }));

describe("the study in virtual time, as far as it is measured", () => {
  it.each([
    ["study", 25],
    ["first-study", 16],
  ] as const)("lost nothing: %s", (name, count) => {
    expect(runsOf[name]).toHaveLength(count);
    expect(runsOf[name].map(({ fidelity, received }) => [fidelity, received])).toEqual(
      new Array(count).fill(["emulated-virtual", 100]),
    );
  });

  it("has two ping frequencies that are two treatments: one keeps a thousand a second, the other is as fast as the path lets it", () => {
    const fastest = (driver: string) =>
      seen("study", driver, "none").find(({ asked }) => asked === 1_000_000)?.achieved ?? Number.NaN;
    for (const driver of ["e1000-bridge", "macvtap-passthrough", "pci-passthrough"]) {
      const kept = seen("study", driver, "none").find(({ asked }) => asked === 1000)?.achieved ?? Number.NaN;
      expect(Math.abs(kept / 1000 - 1)).toBeLessThan(0.03);
    }
    expect(fastest("e1000-bridge")).toBeGreaterThan(2000);
    expect(fastest("macvtap-passthrough")).toBeGreaterThan(4500);
    expect(fastest("pci-passthrough")).toBeGreaterThan(12_000);
  });

  it("repeats what it shares with the first one within 4 %, measured hours apart", () => {
    for (const driver of ["e1000-bridge", "macvtap-passthrough", "pci-passthrough"])
      for (const { asked, ms } of seen("first-study", driver, "none")) {
        const again = seen("study", driver, "none").find((each) => each.asked === asked)?.ms ?? Number.NaN;
        expect(Math.abs(again / ms - 1)).toBeLessThan(0.04);
      }
  });

  it("shows network load of 40 Mbit/s in every median of MacVTap, and more of it than of PCI passthrough where load is at the Sender", () => {
    const times = (driver: string, load: string) =>
      seen("study", driver, load).map(({ asked, ms }) => {
        const idle = seen("study", driver, "none").find((each) => each.asked === asked)?.ms ?? Number.NaN;
        return ms / idle;
      });
    const macvtap = times("macvtap-passthrough", "network at sender");
    expect([...macvtap, ...times("macvtap-passthrough", "network at responder")]).toHaveLength(4);
    for (const each of [...macvtap, ...times("macvtap-passthrough", "network at responder")])
      expect(each).toBeGreaterThan(1.05);
    const least = Math.min(...macvtap);
    for (const each of times("pci-passthrough", "network at sender")) expect(each).toBeLessThan(least);
  });

  it("shows no network load of 2 Mbit/s in a median, which keeps a server busy for 1 or 2 % of its time", () => {
    const idle = seen("first-study", "e1000-bridge", "none")[0]?.ms ?? Number.NaN;
    const loaded = ["network at sender", "network at responder"].flatMap((load) =>
      seen("first-study", "e1000-bridge", load),
    );
    expect(loaded).toHaveLength(4);
    for (const { ms } of loaded) expect(Math.abs(ms / idle - 1)).toBeLessThan(0.01);
  });
});

describe("network load that runs in step alone", () => {
  it("competes, and what is sent is received", async () => {
    using there = await unpackedRuns("network-in-step");
    const dataset = await openDataset(there.path);
    const medians = dataset.runs.map(({ directory, received, metrics: { rtt } }) => {
      expect(received).toBe(100);
      const manifest = JSON.parse(readFileSync(join(there.path, directory, "manifest.json"), "utf8"));
      const { sender, responder } = manifest.probes[0].sharedClock.counts;
      expect([sender.lostFrames, responder.lostFrames, sender.lateFrames, responder.lateFrames]).toEqual([0, 0, 0, 0]);
      const ratesOf = (rate: string) =>
        [...manifest.background.sender, ...manifest.background.responder].map((each) => each[rate]).filter(Boolean);
      expect(ratesOf("receivedPps")).toEqual(ratesOf("sentPps"));
      return "unavailable" in rtt ? Number.NaN : rtt.median / 1e6;
    });
    expect(medians.toSorted((a, b) => a - b).map((ms) => Number(ms.toFixed(4)))).toEqual([0.1935, 0.2035, 0.5885]);
  });
});
