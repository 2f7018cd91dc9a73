import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareDrivers } from "../../../cli/demo/comparisons.ts";
import { studyRuns } from "../../../measure/analysis/arms.ts";
import { checkClaims } from "../../../measure/analysis/claims/check.ts";
import { compareSides } from "../../../measure/analysis/compare/compare.ts";
import { kendallFigure } from "../../../measure/analysis/kendall-figure.ts";
import { claimLines } from "../../../measure/analysis/print/claims.ts";
import { table3 } from "../../../measure/analysis/table3.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { hodgesLehmannOfDifferences } from "../../../measure/statistics/hodges-lehmann.ts";
import { estimateWithUnknown, filledUp } from "../../../measure/statistics/unknown-values.ts";
import { type MadeRun, madeRun } from "../../support/study-runs.ts";

/** A run of which no packet came back. */
function lostRun(made: MadeRun): RunRecord {
  const none = { unavailable: "no packet has a value that may be used" };
  return {
    ...madeRun(made),
    received: 0,
    metrics: { rtt: none, overhead: none, responseTime: none, overheadShare: none },
  };
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

/** Replicates of two drivers of which PCI is always faster, and Bridge lost everything in the last ones. */
const pciFaster = (replicates: number, lost: number, made: MadeRun = {}): RunRecord[] =>
  numbers(replicates).flatMap((replicate) => {
    const bridge = { ...made, replicate, rttMs: 2 + replicate / 1000 };
    return [
      replicate > replicates - lost ? lostRun(bridge) : madeRun(bridge),
      madeRun({ ...made, main: "pci-passthrough", replicate, rttMs: 1 }),
    ];
  });

const rule = (runs: readonly RunRecord[], claim = "C7", place = 1) => {
  const found = checkClaims({ runs: studyRuns(runs), fidelity: "hardware" }).find(({ id }) => id === claim);
  return found?.evidence[place];
};

describe("deployments that lost all packets", () => {
  test("leave a claim undecided that they could turn, and stand in its evidence by driver with the reason", () => {
    expect(rule(pciFaster(8, 0))).toMatchObject({ verdict: "reproduced", n: 8 });
    expect(rule(pciFaster(8, 2))).toMatchObject({
      ...{ verdict: "not enough data", n: 6, low: null, high: null, contradicts: null },
      shortage: "not enough data: 2 of 8 replicates lost deployments, which could turn it",
      lost: [
        { arm: "PCI", without: 0, deployments: 8, why: [] },
        { arm: "Bridge", without: 2, deployments: 8, why: ["no packet came back"] },
      ],
    });
    const claims = checkClaims({ runs: studyRuns(pciFaster(8, 2)), fidelity: "hardware" });
    expect(claimLines(claims)).toContain(
      "without a value: PCI 0 of 8 deployments, Bridge 2 of 8 deployments (no packet came back)",
    );
  });

  test("do not keep a claim from being decided that they could not turn", () =>
    expect(rule(pciFaster(30, 1))).toMatchObject({ verdict: "reproduced", n: 29 }));

  test("leave a number of one driver undecided (C7, the RTT of PCI)", () => {
    const runs = (lost: number) =>
      numbers(8).map((replicate) => {
        const pci = { main: "pci-passthrough", replicate, rttMs: 0.09 };
        return replicate > 8 - lost ? lostRun(pci) : madeRun(pci);
      });
    expect(rule(runs(0), "C7", 3)?.verdict).toBe("reproduced");
    expect(rule(runs(2), "C7", 3)).toMatchObject({ verdict: "not enough data", n: 6 });
  });

  test("count where half of a deployment's runs are lost, and not where fewer are", () => {
    const withRuns = (lost: number) =>
      pciFaster(8, 0).flatMap((run) =>
        numbers(3).map((number) => {
          const isLost = run.replicate > 6 && run.mains.sender === "virtio-bridge" && number <= lost;
          return { ...run, ...(isLost ? lostRun({ replicate: run.replicate }) : {}), run: number };
        }),
      );
    expect(rule(withRuns(1))?.verdict).toBe("reproduced");
    expect(rule(withRuns(2))?.verdict).toBe("not enough data");
  });

  test("are in Table 3 and Fig. 21: no interval that they could turn, the largest p, the counts", () => {
    const row = (lost: number, replicates = 8) =>
      table3(studyRuns(pciFaster(replicates, lost)), "deployment").find(
        (one) => one.location === "none" && one.measure === "rtt" && one.first === "PCI" && one.second === "Bridge",
      );
    expect(row(0)?.ratio?.interval).not.toBeNull();
    expect(row(2)).toMatchObject({ n: 6, lost: { first: { without: 0 }, second: { without: 2, deployments: 8 } } });
    expect(row(2)?.ratio).toMatchObject({ estimate: expect.closeTo(0.5, 2), interval: null });
    expect(row(2)?.pValue).toBeNull();
    expect(row(1, 30)?.ratio?.interval).not.toBeNull();
    expect(row(1, 30)?.pValue).toBeGreaterThan(row(0, 29)?.pValue ?? 1);
    const tau = (lost: number) =>
      kendallFigure(studyRuns(pciFaster(8, lost)), "deployment").find(
        ({ measure, arm }) => measure === "rtt" && arm === "PCI",
      );
    expect(tau(0)?.interval).toMatchObject({ low: -1, high: -1 });
    expect(tau(2)?.interval?.high).toBeGreaterThanOrEqual(0);
    expect(tau(2)?.notes.join()).toContain("Bridge 2 of 8 deployments");
  });

  test("keep two sides from being told apart, paired or not, and are named", async () => {
    const side = (name: string, runs: RunRecord[]) => ({ name, directory: "r", fidelity: "hardware", runs });
    const of = (runs: readonly RunRecord[], main: string) => runs.filter(({ mains }) => mains.sender === main);
    for (const replicates of [5, 8]) {
      const runs = pciFaster(replicates, 2);
      const later = of(runs, "pci-passthrough").map((run) => ({ ...run, replicate: run.replicate + 20 }));
      for (const second of [of(runs, "pci-passthrough"), later]) {
        const report = await compareSides(side("a", of(runs, "virtio-bridge")), side("b", second), "deployment");
        expect(report.rows[0]?.verdict).toMatch(/^not enough data: 2 of \d+ replicates lost deployments/);
        expect(report.rows[0]?.comparison?.lost).toMatchObject({ first: { without: 2 }, second: { without: 0 } });
        expect(report.notes.join("\n")).toContain(`A 2 of ${replicates} deployments (no packet came back)`);
      }
    }
  });

  test("keep the demo from telling two drivers apart", () => {
    const medians = (values: (number | null)[]) => values.map((medianMs, i) => ({ replicate: i + 1, medianMs }));
    const [whole] = compareDrivers({ a: medians([1, 1.01, 1.02, 1]), b: medians([2, 2.01, 2.05, 2]) });
    expect(whole).toMatchObject({ toldApart: true, lost: { first: 0, second: 0 } });
    const [lost] = compareDrivers({ a: medians([1, 1.01, 1.02, 1]), b: medians([2, 2.01, 2.05, null]) });
    expect(lost).toMatchObject({
      ...{ toldApart: null, replicates: 3, lost: { first: 0, second: 1 } },
      shortage: "not enough data: 1 of 4 replicates lost deployments, which could turn it",
    });
  });
});

test("an interval with unknown values holds the interval of whatever they are", () => {
  const value = fc.double({ min: -50, max: 50, noNaN: true });
  let bounded = 0;
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 6, maxLength: 30 }),
      fc.array(value, { minLength: 1, maxLength: 3 }),
      (known, others) => {
        const values = Float64Array.from(known);
        const found = estimateWithUnknown(values, others.length, hodgesLehmannOfDifferences).interval;
        const real = hodgesLehmannOfDifferences([...known, ...others]).interval;
        if (found === null || real === null) return;
        bounded++;
        expect(found.low).toBeLessThanOrEqual(real.low);
        expect(found.high).toBeGreaterThanOrEqual(real.high);
      },
    ),
    { numRuns: 300 },
  );
  expect(bounded).toBeGreaterThan(30);
  expect([...filledUp(Float64Array.of(1), 2, 7)]).toEqual([1, 7, 7]);
});

describe("replicates that lack cells", () => {
  /** Without background VMs at two frequencies, of which the second has ten times the RTT; some replicates have the first alone. */
  const bridge = (whole: number, partial: number): RunRecord[] =>
    numbers(whole + partial).flatMap((replicate) => [
      madeRun({ replicate, rttMs: 0.03 }),
      ...(replicate <= whole ? [madeRun({ replicate, rttMs: 0.3, ratePps: 1_000_000 })] : []),
    ]);

  test("are no part of a number that is the mean of cells, and are counted (C2, no load)", () => {
    expect(rule(bridge(8, 0), "C2", 4)).toMatchObject({ n: 8, estimate: expect.closeTo(0.095, 3) });
    expect(rule(bridge(6, 7), "C2", 4)).toMatchObject({
      ...{ n: 6, estimate: expect.closeTo(0.095, 3) },
      leftOut: { incomplete: 7 },
    });
  });

  test("are no part of a ratio either (C7), and are of an order", () => {
    const both = (whole: number, partial: number) =>
      ["pci-passthrough", "macvtap-passthrough"].flatMap((main) =>
        bridge(whole, partial).map((run) => {
          const factor = main === "macvtap-passthrough" ? (run.ratePps === 1000 ? 4 : 0.75) : 1;
          return madeRun({ main, replicate: run.replicate, ratePps: run.ratePps, rttMs: factor });
        }),
      );
    expect(rule(both(6, 7), "C7", 2)).toMatchObject({
      ...{ n: 6, estimate: expect.closeTo(Math.sqrt(3), 6), leftOut: { incomplete: 7 } },
    });
    expect(rule(both(6, 7), "C7", 0)).toMatchObject({ n: 13, leftOut: { incomplete: 0 } });
  });
});
