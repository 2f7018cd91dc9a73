import { describe, expect, it } from "vitest";
import { studyRuns } from "../../../measure/analysis/arms.ts";
import { checkClaims } from "../../../measure/analysis/claims/check.ts";
import { compareSides } from "../../../measure/analysis/compare/compare.ts";
import { countDeployments, deploymentsOf } from "../../../measure/analysis/deployments.ts";
import { driftOfRuns } from "../../../measure/analysis/drift.ts";
import { lostByArm } from "../../../measure/analysis/lost-deployments.ts";
import { orderNotes } from "../../../measure/analysis/order-notes.ts";
import { studyDeployments } from "../../../measure/analysis/study-deployments.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { madeRun } from "../../support/study-runs.ts";

const drivers = ["e1000-bridge", "virtio-bridge"];
const rates = [1000, 1_000_000];
const replicates = 8;

/** Two drivers at both frequencies, each driver a whole plot of a replicate, a minute a run. */
const runs: RunRecord[] = Array.from({ length: replicates }, (_, index) => index + 1).flatMap((replicate) =>
  drivers.flatMap((main, plot) =>
    rates.map((ratePps, place) => {
      const [plotPlace, inPlot] = [(plot + replicate) % 2, (place + replicate) % 2];
      const minute = 100 * replicate + 10 * plotPlace + inPlot;
      const rttMs = (1 + plot) * (1 + ((replicate * 5) % 7) / 100) * (1 + (place + plot) / 1000);
      return {
        ...madeRun({ main, ratePps, achievedPps: ratePps === 1000 ? 1000 : 5000, replicate, rttMs }),
        started: new Date(60_000 * minute).toISOString(),
        mainVms: `${replicate} ${main}`,
        order: {
          ...{
            kind: "split-plot" as const,
            seed: 1,
            block: replicate,
            position: 2 * plotPlace + inPlot + 1,
            positions: 4,
          },
          ...{ plot: plotPlace + 1, plotPosition: inPlot + 1 },
        },
      };
    }),
  ),
);
const side = (name: string, of: RunRecord[]) => ({ name, directory: "r", fidelity: "hardware", runs: of });
const ofDriver = (driver: string) => runs.filter(({ mains }) => mains.sender === driver);
const compare = async (first: RunRecord[], second: RunRecord[]) =>
  compareSides(side("a", first), side("b", second), "deployment");
const ratesOf = (of: RunRecord[]): [RunRecord[], RunRecord[]] => [
  of.filter(({ ratePps }) => ratePps > 1000),
  of.filter(({ ratePps }) => ratePps === 1000),
];
const within = "within a deployment: what differs between deployments is not in it";
const asLost = (run: RunRecord): RunRecord => ({
  ...run,
  received: 0,
  metrics: { ...run.metrics, rtt: { unavailable: "no" } },
});

describe("scenarios that were measured in the same VMs", () => {
  it("are one deployment wherever deployments are counted", async () => {
    expect(deploymentsOf(runs)).toHaveLength(4 * replicates);
    expect(countDeployments(deploymentsOf(runs))).toBe(2 * replicates);
    expect(driftOfRuns(runs)[0]).toMatchObject({ deployments: 2 * replicates, replicates });
    const { first } = await compare(ofDriver("e1000-bridge"), ofDriver("virtio-bridge"));
    expect(first.deployments).toBe(replicates);
    const c3 = checkClaims({ runs: studyRuns(runs), fidelity: "hardware" }).find(({ id }) => id === "C3");
    expect(c3?.evidence[0]?.tested).toMatchObject({ deployments: 2 * replicates, runs: 4 * replicates, replicates });
  });

  it("lose one deployment where several of them have no value", () => {
    const lost = runs.map((run) => (run.replicate === 1 && run.mains.sender === "virtio-bridge" ? asLost(run) : run));
    expect(lostByArm(studyDeployments(studyRuns(lost)), "rtt")).toMatchObject([
      { arm: "E1000", without: 0, deployments: replicates },
      { arm: "Bridge", without: 1, deployments: replicates },
    ]);
  });

  it("are compared within their deployment, and every comparison says so", async () => {
    const { pairing, rows } = await compare(...ratesOf(ofDriver("virtio-bridge")));
    expect(pairing).toMatch(`; ${within}`);
    expect(rows[0]?.comparison).toMatchObject({ n: replicates, within });
    const c3 = checkClaims({ runs: studyRuns(runs), fidelity: "hardware" }).find(({ id }) => id === "C3");
    expect(c3?.evidence[0]?.note).toBe(within);
  });

  it("do not stand in what is said of drivers, both sides of which were deployed", async () => {
    const { pairing, rows } = await compare(ofDriver("e1000-bridge"), ofDriver("virtio-bridge"));
    expect(pairing).not.toMatch("within a deployment");
    expect(rows[0]?.comparison).toMatchObject({ n: replicates, within: null });
  });

  it("go by what was and not by what was planned: one that was measured later had VMs of its own", async () => {
    const later = runs.map((run, index) =>
      index === 3 ? { ...run, mainVms: "1 later", started: "2026-02-01T00:00:00.000Z" } : run,
    );
    const { rows } = await compare(...ratesOf(later.filter(({ mains }) => mains.sender === "virtio-bridge")));
    expect(rows[0]?.comparison?.within).toBe(`${replicates - 1} of ${replicates} pairs ${within}`);
    expect(countDeployments(deploymentsOf(later))).toBe(2 * replicates + 1);
    expect(orderNotes(later)).toEqual([
      expect.stringMatching(/^32 scenarios of replicates were measured in 17 deployments of VMs: /),
      "1 scenario measured in other VMs than the rest of the whole plot; comparisons go by the VMs",
      expect.stringMatching(/^1 deployment measured later than planned/),
    ]);
  });

  it("are nothing to each other where nobody knows their VMs", () => {
    const unknown = runs.map((run) => ({ ...run, mainVms: null }));
    expect(countDeployments(deploymentsOf(unknown))).toBe(4 * replicates);
    expect(orderNotes(unknown.slice(0, 4))).toEqual([]);
  });
});
