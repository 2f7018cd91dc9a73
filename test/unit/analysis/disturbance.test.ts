import { describe, expect, it } from "vitest";
import { captureNotes, disturbanceOf, measuredAlike } from "../../../measure/analysis/disturbance.ts";
import { disturbanceTables } from "../../../measure/analysis/print/disturbance.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { captured, capturedAndNot, crossedCaptures, uncaptured, without } from "../../support/captures.ts";

const rttOf = (runs: RunRecord[]) => disturbanceOf(runs, "hardware").filter(({ measure }) => measure === "rtt");

describe("what captures change", () => {
  it("is a ratio of RTTs with an interval over replicates, driver by driver", () => {
    const found = rttOf(capturedAndNot(["virtio-bridge", "macvtap-passthrough"]));
    expect(found.map(({ driver }) => driver)).toEqual(["virtio-bridge", "macvtap-passthrough"]);
    for (const { comparison, verdict } of found) {
      expect(comparison.n).toBe(7);
      expect(comparison.ratio?.estimate).toBeCloseTo(1.5, 9);
      expect(comparison.ratio?.interval?.low).toBeCloseTo(1.5, 9);
      expect(verdict).toBe("without is lower by 33 %");
    }
  });

  it("is of pairs that differ in nothing else: another size of frames is no partner", () => {
    const runs = capturedAndNot(["virtio-bridge"]).map((run) =>
      run.fixed.includes('"packet_capture":"none"') && run.replicate > 2
        ? without({ replicate: run.replicate, rttMs: run.replicate }, { frame_bytes: 1500 })
        : run,
    );
    expect(rttOf(runs)[0]?.comparison.n).toBe(2);
    expect(rttOf(runs)[0]?.verdict).toMatch(/^not enough data: 2 replicates; 3 are needed/);
  });

  it("is nothing where everything was captured, or nothing was", () => {
    for (const captures of [true, false])
      expect(
        disturbanceOf(
          capturedAndNot(["virtio-bridge"]).filter(({ fixed }) => fixed.includes('"none"') !== captures),
          "hardware",
        ),
      ).toEqual([]);
    expect(disturbanceTables({ disturbance: [] })).toEqual([]);
  });

  it("is nothing of a driver that cannot be captured", () => {
    expect(disturbanceOf(capturedAndNot(["pci-passthrough"]).map(uncaptured), "hardware")).toEqual([]);
  });

  it("of few replicates has Student's interval, and says what that rests on", () => {
    const few = [1, 2, 3, 4].flatMap((replicate) => [
      captured({ replicate, rttMs: 1.5 + replicate / 1000 }),
      without({ replicate, rttMs: 1 }),
    ]);
    const disturbance = disturbanceOf(few, "hardware");
    expect(disturbance.find(({ measure }) => measure === "rtt")?.verdict).toBe("without is lower by 33 %");
    expect(disturbanceTables({ disturbance })[0]?.notes?.at(-1)).toContain("Student's t");
  });

  it("counts no cell of the study twice: of runs with captures and without those with them are its", () => {
    const runs = capturedAndNot(["virtio-bridge"]);
    expect(runs.filter(measuredAlike(runs)).map(({ replicate }) => replicate)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const bare = runs.filter(({ fixed }) => fixed.includes('"packet_capture":"none"'));
    expect(bare.filter(measuredAlike(bare))).toEqual(bare);
  });

  it("of CPU usage says nothing on emulated servers", () => {
    const [table] = disturbanceTables({ disturbance: disturbanceOf(capturedAndNot(["virtio-bridge"]), "emulated") });
    const ofCpu = table?.rows.filter((row) => String(row[2]).includes("CPU"));
    expect(ofCpu?.length).toBeGreaterThan(0);
    for (const row of ofCpu ?? []) expect(row.at(-1)).toBe("says nothing on emulated servers");
  });
});

describe("what captures, a second capture and mpstat change", () => {
  const runs = crossedCaptures(["virtio-bridge", "macvtap-passthrough"]);
  const found = disturbanceOf(runs, "hardware");
  const of = (by: string, measure: string) => found.filter((one) => one.by === by && one.measure === measure);

  it.each([
    ["captures", 1.2, "without is lower by 17 %"],
    ["second capture", 1.2, "with one is lower by 17 %"],
    ["mpstat", 1.1, "without is lower by 9.1 %"],
  ])("is told of %s, the others being equal in each pair, with an interval", (by, ratio, verdict) => {
    expect(of(by, "rtt").map(({ driver }) => driver)).toEqual(["virtio-bridge", "macvtap-passthrough"]);
    for (const { comparison, verdict: words, decided } of of(by, "rtt")) {
      expect([comparison.n, words, decided]).toEqual([7, verdict, true]);
      expect(comparison.ratio?.estimate).toBeCloseTo(ratio, 9);
      expect(comparison.ratio?.interval?.low).toBeCloseTo(ratio, 9);
      expect(comparison.lost).toMatchObject({ first: { without: 0 }, second: { without: 0 } });
    }
  });

  it("is of overhead and response time too where both sides can have them", () => {
    for (const measure of ["overhead", "responseTime"]) {
      expect(of("captures", measure)).toEqual([]);
      for (const { comparison } of of("second capture", measure))
        expect(comparison.ratio?.estimate).toBeCloseTo(1.2, 9);
      // Pairs without captures have none, and are not lost for it.
      for (const { comparison } of of("mpstat", measure)) {
        expect(comparison.ratio?.estimate).toBeCloseTo(1.1, 9);
        expect(comparison.lost?.second.without).toBe(0);
      }
    }
  });

  it("is of CPU usage where mpstat ran, and of mpstat itself cannot be", () => {
    for (const by of ["captures", "second capture"])
      for (const { comparison } of of(by, "cpuSender")) {
        expect(comparison.difference?.estimate).toBeCloseTo(5, 9);
        expect(comparison.lost).toMatchObject({ first: { deployments: 7, without: 0 }, second: { deployments: 7 } });
      }
    expect(of("captures", "cpuSender")).toHaveLength(2);
    expect(of("mpstat", "cpuSender")).toEqual([]);
  });

  it("is told of mpstat also of a driver that cannot be captured", () => {
    const uncapturable = disturbanceOf(crossedCaptures(["pci-passthrough"]).map(uncaptured), "hardware");
    expect(uncapturable.map(({ by, measure }) => `${by} ${measure}`)).toEqual([
      "mpstat rtt",
      "mpstat rttSpread",
      "mpstat rttMax",
    ]);
  });

  it("leaves the study those that were captured once and sampled, or what comes nearest", () => {
    const usual = runs.filter(measuredAlike(runs));
    expect(usual.map(({ fixed }) => JSON.parse(fixed))).toEqual(
      Array.from({ length: 14 }, () => expect.objectContaining({ packet_capture: null, cpu_sampling: null })),
    );
    const others = runs.filter(({ fixed }) => JSON.parse(fixed).cpu_sampling === "none");
    const nearest = others.filter(measuredAlike(others));
    expect(nearest.map(({ fixed }) => JSON.parse(fixed).packet_capture)).toEqual(Array(14).fill(null));
  });

  it("says on which sides each rests", () => {
    const [table] = disturbanceTables({ disturbance: found });
    expect(table?.notes).toContain("second capture: with a second capture against with one");
    expect(new Set(table?.rows.map(([by]) => by))).toEqual(new Set(["captures", "second capture", "mpstat"]));
  });
});

describe("that captures lengthen one side alone", () => {
  const pci = uncaptured(captured({ main: "pci-passthrough" }));

  it("is said where a driver that cannot be captured stands beside one that is", () => {
    const [note, ...more] = captureNotes([captured({}), captured({ main: "e1000-bridge" }), pci]);
    expect(note).toContain("captures may lengthen the RTTs of virtio-bridge, e1000-bridge and not of pci-passthrough,");
    expect(more).toEqual([]);
  });

  it("is not said where all are captured or none is, nor of runs that were not to be captured", () => {
    expect(captureNotes([captured({}), captured({ main: "e1000-bridge" })])).toEqual([]);
    expect(captureNotes([pci])).toEqual([]);
    expect(captureNotes([uncaptured(without({})), pci])).toEqual([]);
    expect(captureNotes([captured({}), uncaptured(captured({}))])).toEqual([]);
  });
});
