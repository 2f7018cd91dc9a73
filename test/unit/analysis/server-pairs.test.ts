import { describe, expect, test } from "vitest";
import { studyRuns } from "../../../measure/analysis/arms.ts";
import { compareSides } from "../../../measure/analysis/compare/compare.ts";
import { driftOfRuns } from "../../../measure/analysis/drift.ts";
import { compareDriverPairs } from "../../../measure/analysis/driver-pairs.ts";
import { table3 } from "../../../measure/analysis/table3.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { factorCellsOfRun, runFactorsOf } from "../../../study/factor-columns.ts";
import { campaignOf, makeRuns, noDifference, sourceOf } from "../../support/calibration/campaign.ts";
import { noises } from "../../support/calibration/noise.ts";
import { tenRuns } from "../../support/study-runs.ts";

/** The same run on another pair of servers, on which everything takes so many times as long. */
function onPair<Run extends RunRecord>(run: Run, pair: number, factor = 1): Run {
  const slower = Object.fromEntries(
    Object.entries(run.metrics).map(([metric, summary]) => [
      metric,
      metric === "overheadShare" || "unavailable" in summary
        ? summary
        : Object.fromEntries(Object.entries(summary).map(([name, ns]) => [name, name === "n" ? ns : ns * factor])),
    ]),
  ) as Run["metrics"];
  const scenario = `${run.scenario}_pair${pair}`;
  const directory = `${run.batch}${scenario}/rep-${run.replicate}_run-${run.run}`;
  const factors = runFactorsOf({ ...factorCellsOfRun(run), server_pair: pair });
  return { ...run, ...factors, directory, scenario, scenarioSha256: scenario, metrics: slower };
}
const order = (run: RunRecord) =>
  ({ kind: "random", seed: 1, block: run.replicate, position: 1, positions: 8, campaign: "a" }) as const;
const side = (name: string, runs: RunRecord[]) => ({ name, directory: "r", fidelity: "hardware", runs });

const bridge = tenRuns({ main: "virtio-bridge", rttMs: 2 });
const pci = tenRuns({ main: "pci-passthrough", rttMs: 1 });
const ofReplicates = (runs: RunRecord[], from: number, to: number) =>
  runs.filter(({ replicate }) => replicate >= from && replicate <= to);

describe("deployments on different pairs of servers", () => {
  const apart = [...bridge, ...pci.map((run) => onPair(run, 2))];

  test("make no pair, though replicate, cell and campaign are equal", async () => {
    const named = apart.map((run) => ({ ...run, order: order(run) }));
    for (const unit of ["deployment", "run-median"] as const) {
      const rows = table3(studyRuns(named), unit).filter(({ location }) => location === "none");
      expect(rows.map(({ n }) => n)).toEqual(Array(8).fill(0));
    }
    const [first, second] = [named.slice(0, 10), named.slice(10)];
    const { rows } = await compareSides(side("a", first), side("b", second), "deployment");
    expect(rows[0]?.comparison?.test).toBe("mann-whitney");
    for (const { comparison } of compareDriverPairs(named, "hardware")) expect(comparison?.n ?? 0).toBe(0);
  });

  test("of one number are replicates of their own", () => {
    const both = [bridge, pci].flatMap((runs) => [...runs, ...runs.map((run) => onPair(run, 2))]);
    const [row] = table3(studyRuns(both), "deployment").filter(({ location, n }) => location === "none" && n > 0);
    expect(row).toMatchObject({ first: "PCI", second: "Bridge", n: 20 });
  });
});

describe("replicates that were dealt to two pairs", () => {
  const dealt = (runs: RunRecord[]) => runs.map((run) => (run.replicate % 2 === 0 ? onPair(run, 2, 3) : run));

  test("count as those of one pair do, in every comparison", async () => {
    const [alone, both] = [
      [bridge, pci],
      [dealt(bridge), dealt(pci)],
    ] as const;
    for (const unit of ["deployment", "run-median"] as const) {
      const rows = (runs: RunRecord[]) => table3(studyRuns(runs), unit).filter(({ measure }) => measure === "rtt");
      expect(rows(both.flat()).map(({ n, effect }) => [n, effect])).toEqual(
        rows(alone.flat()).map(({ n, effect }) => [n, effect]),
      );
    }
    const compared = await compareSides(side("a", both[0]), side("b", both[1]), "deployment");
    const before = await compareSides(side("a", alone[0]), side("b", alone[1]), "deployment");
    expect(compared.rows.map(({ verdict }) => verdict)).toEqual(before.rows.map(({ verdict }) => verdict));
    expect(compared.rows[0]?.comparison).toMatchObject({ test: "wilcoxon signed-rank", n: 10 });
  });

  test("are whole where two directories are compared, each replicate on its pair", async () => {
    const all = [...dealt(bridge), ...dealt(pci)];
    const other = { ...side("b", all), directory: "other" };
    const { rows } = await compareSides(side("a", all), other, "deployment");
    expect(rows[0]?.comparison).toMatchObject({ n: 10 });
    expect(rows[0]?.comparison?.pairing).not.toMatch(/left out/);
  });

  test("have one drift, whose scenarios are those of the design", () => {
    const ordered = dealt([...ofReplicates(bridge, 1, 4), ...ofReplicates(pci, 1, 4)]).map((run, index) => ({
      ...run,
      order: order(run),
      started: new Date(60_000 * (index < 4 === run.replicate < 3 ? 0 : 1) + 86_400_000 * run.replicate).toISOString(),
    }));
    expect(driftOfRuns(ordered)[0]).toMatchObject({ replicates: 4, deployments: 8 });
  });
});

test("a pair that is three times as slow changes no comparison of a campaign without differences", () => {
  const noise = noises.own;
  const campaign = { ...campaignOf("emulated"), replicates: 8, runs: 2 };
  for (const seed of [1, 2, 3]) {
    const alone = makeRuns(campaign, noDifference, noise, sourceOf(seed), ["rtt"]);
    const dealt = alone.map((run) => (run.replicate > 5 ? onPair(run, 2, 3) : run));
    const [before, after] = [table3(alone, "deployment"), table3(dealt, "deployment")];
    const found = before.filter(({ n }) => n > 0);
    expect(found.length).toBeGreaterThan(8);
    for (const [index, row] of before.entries()) {
      const { n, pValue, ratio } = after[index]!;
      expect(n).toBe(row.n);
      if (row.pValue !== null) expect(pValue).toBeCloseTo(row.pValue, 9);
      if (row.ratio) expect(ratio?.estimate).toBeCloseTo(row.ratio.estimate, 6);
    }
  }
});
