import { describe, expect, test } from "vitest";
import { studyRuns } from "../../../measure/analysis/arms.ts";
import { checkClaims } from "../../../measure/analysis/claims/check.ts";
import { compareSides } from "../../../measure/analysis/compare/compare.ts";
import { driftOfRuns } from "../../../measure/analysis/drift.ts";
import { orderNotes } from "../../../measure/analysis/order-notes.ts";
import { table3 } from "../../../measure/analysis/table3.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { tenRuns } from "../../support/study-runs.ts";

const side = (name: string, runs: RunRecord[]) => ({ name, directory: "r", fidelity: "hardware", runs });

/** Ten replicates of a driver in a campaign of its own, on a day of its own. */
const onDay = (day: number, main: string, rttMs: number): RunRecord[] =>
  tenRuns({ main, rttMs }).map((run) => ({
    ...run,
    started: new Date(86_400_000 * day + 60_000 * run.replicate).toISOString(),
    order: { kind: "random", seed: day, block: run.replicate, position: 1, positions: 3 },
  }));

/** Whatever was measured on the second day is slower by 15 %: the driver has no part in it. */
const bridge = onDay(1, "virtio-bridge", 1);
const pci = onDay(2, "pci-passthrough", 1.15);
const runs = [...bridge, ...pci];

describe("two campaigns in one results directory", () => {
  test("make no pairs: the day is not taken for the driver", () => {
    const rows = table3(studyRuns(runs), "deployment").filter(({ location }) => location === "none");
    expect(rows.map(({ n }) => n)).toEqual(Array(8).fill(0));
    const claim = checkClaims({ runs: studyRuns(runs), fidelity: "hardware" }).find(({ id }) => id === "C7");
    expect(claim?.evidence[1]).toMatchObject({ verdict: "not enough data", n: 0 });
  });

  test("are compared without pairs, and the verdict says so", async () => {
    const { rows, notes } = await compareSides(side("a", bridge), side("b", pci), "deployment");
    expect(rows[0]?.comparison).toMatchObject({ test: "mann-whitney", n: 10 });
    expect(rows[0]?.verdict).toBe("measured apart: A is lower by 13 %");
    expect(notes.join("\n")).toMatch(/no replicate of a campaign has both sides/);
    expect(notes.join("\n")).toMatch(/the runs are of 2 campaigns/);
  });

  test("are named where runs are analysed, and one campaign is not", () => {
    expect(orderNotes(runs)).toEqual([expect.stringMatching(/^the runs are of 2 campaigns .*make no pairs$/)]);
    expect(orderNotes(bridge)).toEqual([]);
  });

  test("are two also where both were given one seed", () => {
    const seeded = runs.map((run) => ({
      ...run,
      order: run.order && { ...run.order, seed: 7, positions: run.mains.sender === "virtio-bridge" ? 3 : 4 },
    }));
    expect(orderNotes(seeded)).toHaveLength(1);
    expect(driftOfRuns(seeded)[0]?.change).toBeNull();
  });
});

test("two campaigns of one fixed order and equal size are told apart by their names, and make no pairs", () => {
  const cheapest = (name: string, all: RunRecord[]) =>
    all.map((run) => ({
      ...run,
      order: { kind: "cheapest" as const, seed: null, block: run.replicate, position: 1, positions: 3, campaign: name },
    }));
  const both = [...cheapest("a", bridge), ...cheapest("b", pci)];
  const of = table3(studyRuns(both), "deployment").find(({ location, n }) => location === "none" && n > 0);
  expect(of).toBeUndefined();
  expect(orderNotes(both)).toContainEqual(expect.stringMatching(/^the runs are of 2 campaigns/));
});

test("scenarios that no replicate has both of are measured apart", async () => {
  const later = tenRuns({ main: "pci-passthrough", rttMs: 2 }).map((run) => ({
    ...run,
    replicate: run.replicate + 10,
  }));
  const { rows } = await compareSides(side("a", tenRuns({ rttMs: 1 })), side("b", later), "deployment");
  expect(rows[0]?.verdict).toBe("measured apart: A is lower by 50 %");
});
