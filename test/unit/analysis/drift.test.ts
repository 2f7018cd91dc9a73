import { describe, expect, it } from "vitest";
import { orderDeployments } from "../../../cli/order/deployment-order.ts";
import { changeWords, driftOfRuns, driftSentence } from "../../../measure/analysis/drift.ts";
import { orderNotes } from "../../../measure/analysis/order-notes.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { isDrawn, type OrderKind } from "../../../measure/results/order.ts";
import { madeRun } from "../../support/study-runs.ts";

const drivers = ["e1000-bridge", "virtio-bridge", "macvtap-passthrough", "pci-passthrough"];
const rttMs: Record<string, number> = {
  "e1000-bridge": 30,
  "virtio-bridge": 12,
  "macvtap-passthrough": 9,
  "pci-passthrough": 3,
};

/** Runs of a campaign on a machine that becomes slower by `drift` per cent in each replicate, and two runs a deployment. */
function campaign(drift: number, replicates: number, kind: OrderKind = "random"): RunRecord[] {
  const rule = isDrawn(kind) ? { kind, seed: 4 } : { kind, seed: null };
  return orderDeployments(drivers, replicates, rule).flatMap((row) =>
    row.flatMap(({ treatment: main, order }) =>
      [1, 2].map((run) => {
        const slower = (1 + drift / 100) ** ((order.position - 1) / 3);
        const minute = 1000 * order.block + 10 * order.position + run;
        return {
          ...madeRun({ main, replicate: order.block, rttMs: rttMs[main]! * slower, cpu: 20 + order.position }),
          directory: `${main}/rep-${order.block}_run-0${run}`,
          run,
          started: new Date(60_000 * minute).toISOString(),
          order,
        };
      }),
    ),
  );
}
const rttOf = (runs: RunRecord[]) => driftOfRuns(runs).find(({ measure }) => measure === "rtt")!;

describe("driftOfRuns", () => {
  it("is in per cent of a time and in points of a usage, of deployments and not of runs", () => {
    const drift = driftOfRuns(campaign(20, 6));
    expect(drift[0]).toMatchObject({ measure: "rtt", unit: "%", replicates: 6, deployments: 24, note: null });
    expect(drift[0]?.change).toBeCloseTo(20, 6);
    expect(drift.find(({ measure }) => measure === "cpuSender")?.change).toBeCloseTo(3, 6);
    expect(changeWords(drift[0]!)).toMatch(/^\+20 % \[\+20, \+20\]$/);
    expect(driftSentence(rttOf(campaign(-10, 3)))).toBe(
      "drift of the median RTT from the first scenario of a replicate to the last: -10 % (no interval: 3 replicates are too few)",
    );
  });

  it("goes by when deployments were measured, not by when they were planned", () => {
    const runs = campaign(0, 6).map((run) => {
      // The first of each replicate failed, and was measured after the others, on a machine that is slower by then.
      if (run.order?.position !== 1) return run;
      const started = new Date(60_000 * (1000 * run.replicate + 500)).toISOString();
      return { ...run, started, metrics: madeRun({ rttMs: rttMs[run.mains.sender]! * 1.5 }).metrics };
    });
    expect(rttOf(runs).change).toBeGreaterThan(0);
    expect(orderNotes(runs)).toEqual([expect.stringMatching(/^6 deployments measured later than planned/)]);
  });

  it("has no interval where a deployment has no ratio: the others are a selection", () => {
    const runs = campaign(20, 6).map((run, index) =>
      index < 2 ? { ...run, metrics: madeRun({ rttMs: 0 }).metrics } : run,
    );
    expect(rttOf(runs)).toMatchObject({
      interval: null,
      deployments: 23,
      note: "not enough data: 1 deployment with a value of 0, which has no ratio",
    });
  });

  it("is not told from one fixed order", () => {
    expect(rttOf(campaign(20, 6, "cheapest"))).toMatchObject({
      change: null,
      note: expect.stringContaining("every scenario has the same place"),
    });
  });

  it("keeps campaigns that were ordered apart as replicates of their own", () => {
    const [one, other] = [campaign(20, 3), campaign(20, 3)];
    const later = other.map((run) => ({
      ...run,
      scenarioSha256: `another ${run.scenarioSha256}`,
      order: { ...run.order!, seed: 5 },
    }));
    expect(rttOf([...one, ...later])).toMatchObject({ replicates: 6, deployments: 24 });
  });
});

describe("orderNotes", () => {
  it("say nothing of a drawn order, and what a fixed or an unknown one means", () => {
    expect(orderNotes(campaign(0, 3))).toEqual([]);
    expect(orderNotes(campaign(0, 3, "paper"))).toEqual([
      expect.stringMatching(/^24 runs deployed in the order paper: .*cannot be told from an effect of the driver$/),
    ]);
    expect(orderNotes([madeRun()])).toEqual([expect.stringMatching(/^1 run without a planned order: /)]);
  });
});
