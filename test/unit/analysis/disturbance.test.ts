import { describe, expect, it } from "vitest";
import { capturedAlike, captureNotes, disturbanceOf, isCaptured } from "../../../measure/analysis/disturbance.ts";
import { disturbanceTables } from "../../../measure/analysis/print/disturbance.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { captured, capturedAndNot, without } from "../../support/captures.ts";

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
    const uncapturable = capturedAndNot(["pci-passthrough"]).map((run) => ({
      ...run,
      metrics: { ...run.metrics, overhead: { unavailable: "packets bypass the host" } },
    }));
    expect(disturbanceOf(uncapturable, "hardware")).toEqual([]);
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
    expect(runs.filter(capturedAlike(runs)).map(({ replicate }) => replicate)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const bare = runs.filter((run) => !isCaptured(run));
    expect(bare.filter(capturedAlike(bare))).toEqual(bare);
  });

  it("of CPU usage says nothing on emulated servers", () => {
    const [table] = disturbanceTables({ disturbance: disturbanceOf(capturedAndNot(["virtio-bridge"]), "emulated") });
    const ofCpu = table?.rows.filter((row) => String(row[1]).includes("CPU"));
    expect(ofCpu?.length).toBeGreaterThan(0);
    for (const row of ofCpu ?? []) expect(row.at(-1)).toBe("says nothing on emulated servers");
  });
});

describe("that captures lengthen one side alone", () => {
  const uncapturable = (run: RunRecord): RunRecord => ({
    ...run,
    metrics: { ...run.metrics, overhead: { unavailable: "packets bypass the host" } },
  });
  const pci = uncapturable(captured({ main: "pci-passthrough" }));

  it("is said where a driver that cannot be captured stands beside one that is", () => {
    const [note, ...more] = captureNotes([captured({}), captured({ main: "e1000-bridge" }), pci]);
    expect(note).toContain("captures may lengthen the RTTs of virtio-bridge, e1000-bridge and not of pci-passthrough,");
    expect(more).toEqual([]);
  });

  it("is not said where all are captured or none is, nor of runs that were not to be captured", () => {
    expect(captureNotes([captured({}), captured({ main: "e1000-bridge" })])).toEqual([]);
    expect(captureNotes([pci])).toEqual([]);
    expect(captureNotes([uncapturable(without({})), pci])).toEqual([]);
    expect(captureNotes([captured({}), uncapturable(captured({}))])).toEqual([]);
  });
});
