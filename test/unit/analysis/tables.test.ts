import { describe, expect, test } from "vitest";
import { placeOf, studyRuns } from "../../../measure/analysis/arms.ts";
import { kendallFigure } from "../../../measure/analysis/kendall-figure.ts";
import { measureOf } from "../../../measure/analysis/measures.ts";
import { table3 } from "../../../measure/analysis/table3.ts";
import { madeRun, tenRuns } from "../../support/study-runs.ts";

const loaded = { background: { vms: 8, driver: "virtio-bridge" }, load: { type: "cpu", location: "sender" } } as const;

describe("places in the study", () => {
  test.each([
    ["virtio-bridge", null, "Bridge", "none"],
    ["virtio-bridge", "virtio-bridge", "Bridge", "bridge"],
    ["e1000-bridge", "virtio-bridge", "E1000", "bridge"],
    ["pci-passthrough", "pci-passthrough", "PCI", "sriov"],
    ["macvtap-passthrough", "macvtap-passthrough", "MacVTap", "sriov"],
    ["virtio-bridge", "pci-passthrough", "PCI-BG", "sriov"],
  ])("%s beside %s is %s", (main, background, arm, setting) => {
    expect(placeOf({ mains: { sender: main, responder: main }, background })).toEqual({ arm, setting });
  });

  test.each([
    ["macvtap-vepa", "macvtap-vepa", null],
    ["virtio-bridge", "pci-passthrough", null],
    ["pci-passthrough", "pci-passthrough", "macvtap-passthrough"],
  ])("%s and %s beside %s are outside", (sender, responder, background) => {
    expect(placeOf({ mains: { sender, responder }, background })).toBeNull();
  });
});

describe("Table 3", () => {
  const runs = studyRuns([
    ...tenRuns({ main: "virtio-bridge", rttMs: 2, cpu: 40, ...loaded }),
    ...tenRuns({ main: "pci-passthrough", rttMs: 1, cpu: 40, ...loaded }),
  ]);
  const rows = table3(runs, "run-median");

  test("has the paper's sixteen rows with its p-values, whatever the data", () => {
    expect(table3([], "run-median")).toHaveLength(16);
    expect(
      rows.map(({ location, measure, first, second, paperPValue }) => [location, measure, first, second, paperPValue]),
    ).toEqual(
      ["sender", "responder"].flatMap((location) =>
        ["cpuSender", "rtt"].flatMap((measure) =>
          [
            ["PCI", "Bridge", 0.218411],
            ["PCI", "MacVTap", 0.14276],
            ["PCI", "PCI-BG", 0],
            ["MacVTap", "Bridge", 0.460856],
          ].map(([first, second, p]) => [
            location,
            measure,
            first,
            second,
            location === "sender" && measure === "cpuSender" ? p : 0,
          ]),
        ),
      ),
    );
  });

  test("tests pairs of runs, with effect, interval and corrected p", () => {
    const row = rows.find(({ location, measure, n }) => location === "sender" && measure === "rtt" && n > 0);
    // Ten pairs with one sign: 2 / 2^10. With equal CPU usages the other row has no p, so there is one test.
    expect(row).toMatchObject({ first: "PCI", second: "Bridge", n: 10, effect: -1, pValue: 2 / 1024, pHolm: 2 / 1024 });
    expect(row?.difference?.estimate).toBeCloseTo(-1.0045, 3);
    expect(row?.difference?.interval?.high).toBeLessThan(-1);
    const cpu = rows.find(({ measure, n }) => measure === "cpuSender" && n > 0);
    expect(cpu).toMatchObject({
      pValue: null,
      pHolm: null,
      notes: ["every pair is equal, so no difference has a sign to test"],
    });
  });

  test("shows runs without load in rows of their own", () => {
    const idle = studyRuns([
      ...tenRuns({ main: "virtio-bridge" }),
      ...tenRuns({ main: "pci-passthrough", rttMs: 0.5 }),
    ]);
    const own = table3(idle, "run-median").filter(({ location }) => location === "none");
    expect(own).toHaveLength(8);
    expect(own[0]?.paperPValue).toBeNull();
  });

  test("pairs packets where the paper's way is asked for", () => {
    const packets = new Map(
      runs.map((run) => {
        const median = measureOf(run, "rtt") ?? 0;
        return [run.directory, { packets: [1, 2, 3], values: [median * 1e6, null, median * 2e6] }] as const;
      }),
    );
    const row = table3(runs, "packet", packets).find(({ measure, n }) => measure === "rtt" && n > 0);
    expect(row?.n).toBe(20);
    expect(row?.pairing).toContain("not independent");
  });
});

test("Figure 21 correlates each driver's indicator with the measures, by location of the load", () => {
  const runs = studyRuns([
    madeRun({ main: "virtio-bridge", rttMs: 3, cpu: 10, ...loaded }),
    madeRun({ main: "virtio-bridge", rttMs: 4, cpu: 10, replicate: 2, ...loaded }),
    madeRun({ main: "pci-passthrough", rttMs: 1, cpu: 20, ...loaded }),
    madeRun({ main: "pci-passthrough", rttMs: 2, cpu: 20, replicate: 2, ...loaded }),
  ]);
  const cells = kendallFigure(runs, "run-median");
  const tau = (measure: string, arm: string) => cells.find((cell) => cell.measure === measure && cell.arm === arm)?.tau;
  // SciPy: kendalltau([1, 1, 0, 0], [3, 4, 1, 2]) and kendalltau([1, 1, 0, 0], [10, 10, 20, 20])
  expect(tau("rtt", "Bridge")).toBeCloseTo(0.816496580927726, 12);
  expect(tau("cpuSender", "Bridge")).toBeCloseTo(-1, 12);
  expect(cells.map(({ location }) => location)).toEqual(["sender", "sender", "sender", "sender"]);
  expect(cells.every(({ n, ofArm }) => n === 4 && ofArm === 2)).toBe(true);
});
