import { describe, expect, it } from "vitest";
import { capturedAlike, captureNotes, disturbanceOf, isCaptured } from "../../../measure/analysis/disturbance.ts";
import { disturbanceTables } from "../../../measure/analysis/print/disturbance.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { runFactorsOf } from "../../../study/factor-columns.ts";
import { type MadeRun, madeRun } from "../../support/study-runs.ts";

const bridge = { sender_driver: "virtio-bridge", responder_driver: "virtio-bridge" };
const others = { background_vms: 0, ping_rate_pps: 1000, frame_bytes: 64 };

const without = (made: MadeRun, own: Record<string, string | number> = {}): RunRecord => {
  const main = { sender_driver: made.main ?? "virtio-bridge", responder_driver: made.main ?? "virtio-bridge" };
  const factors = runFactorsOf({ ...main, ...others, packet_capture: "none", ...own });
  return {
    ...madeRun(made),
    ...factors,
    scenarioSha256: JSON.stringify(factors),
    directory: JSON.stringify([made, own]),
  };
};
const captured = (made: MadeRun): RunRecord => ({
  ...madeRun(made),
  ...runFactorsOf({
    ...bridge,
    ...others,
    sender_driver: made.main ?? "virtio-bridge",
    responder_driver: made.main ?? "virtio-bridge",
  }),
});

const replicates = [1, 2, 3, 4, 5, 6, 7];
/** Captures make every RTT half as long again, and each replicate has a level of its own. */
const campaign = (main: string) =>
  replicates.flatMap((replicate) => [
    captured({ main, replicate, rttMs: 1.5 * replicate, cpu: 40 }),
    without({ main, replicate, rttMs: replicate, cpu: 30 }),
  ]);
const rttOf = (runs: RunRecord[]) => disturbanceOf(runs, "hardware").filter(({ measure }) => measure === "rtt");

describe("what captures change", () => {
  it("is a ratio of RTTs with an interval over replicates, driver by driver", () => {
    const found = rttOf([...campaign("virtio-bridge"), ...campaign("macvtap-passthrough")]);
    expect(found.map(({ driver }) => driver)).toEqual(["virtio-bridge", "macvtap-passthrough"]);
    for (const { comparison, verdict } of found) {
      expect(comparison.n).toBe(7);
      expect(comparison.ratio?.estimate).toBeCloseTo(1.5, 9);
      expect(comparison.ratio?.interval?.low).toBeCloseTo(1.5, 9);
      expect(verdict).toBe("without is lower by 33 %");
    }
  });

  it("is of pairs that differ in nothing else: another size of frames is no partner", () => {
    const runs = campaign("virtio-bridge").map((run) =>
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
          campaign("virtio-bridge").filter(({ fixed }) => fixed.includes('"none"') !== captures),
          "hardware",
        ),
      ).toEqual([]);
    expect(disturbanceTables({ disturbance: [] })).toEqual([]);
  });

  it("is nothing of a driver that cannot be captured", () => {
    const uncapturable = campaign("pci-passthrough").map((run) => ({
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
    const runs = campaign("virtio-bridge");
    expect(runs.filter(capturedAlike(runs)).map(({ replicate }) => replicate)).toEqual(replicates);
    const bare = runs.filter((run) => !isCaptured(run));
    expect(bare.filter(capturedAlike(bare))).toEqual(bare);
  });

  it("of CPU usage says nothing on emulated servers", () => {
    const [table] = disturbanceTables({ disturbance: disturbanceOf(campaign("virtio-bridge"), "emulated") });
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
