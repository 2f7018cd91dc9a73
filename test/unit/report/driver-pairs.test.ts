import { expect, test } from "vitest";
import { compareDriverPairs, driversByConditions } from "../../../measure/analysis/driver-pairs.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { winnerFigures, winnerOf } from "../../../report/figures/winners.ts";
import type { StudyData } from "../../../report/study-data.ts";
import { type MadeRun, tenRuns } from "../../support/study-runs.ts";

const rttPairs = (runs: readonly RunRecord[]) =>
  compareDriverPairs(runs, "hardware").filter(({ measure }) => measure === "rtt");

/** The same scenario without captures. */
const uncaptured = (runs: readonly RunRecord[]): RunRecord[] =>
  runs.map((run) => ({
    ...run,
    scenarioSha256: `${run.scenarioSha256} uncaptured`,
    fixed: JSON.stringify({ ...JSON.parse(run.fixed), packet_capture: "none" }),
  }));

const background = { vms: 8, driver: "virtio-bridge" };
const load = { type: "cpu", location: "sender" } as const;
const measure = (rtts: Record<string, number>, also: Partial<MadeRun> = {}) =>
  Object.entries(rtts).flatMap(([main, rttMs]) => tenRuns({ main, rttMs, ...also }));

test("cells that differ in what is fixed are told apart by their words, and keep a ratio each", () => {
  const runs = [
    ...measure({ "e1000-bridge": 4, "virtio-bridge": 2 }),
    ...uncaptured(measure({ "e1000-bridge": 8, "virtio-bridge": 1 })),
  ];
  const ratios = rttPairs(runs).map(({ scope, where, comparison }) => [scope, where, comparison?.ratio?.estimate]);
  expect(ratios).toEqual([
    ["all", "all cells that both have, which differ in packet capture", expect.closeTo(4, 6)],
    ["conditions", "nobody competes, packet capture as usual", expect.closeTo(2, 6)],
    ["conditions", "nobody competes, packet capture none", expect.closeTo(8, 6)],
    ["cell", "nobody competes, 1 kpps, packet capture as usual", expect.closeTo(2, 6)],
    ["cell", "nobody competes, 1 kpps, packet capture none", expect.closeTo(8, 6)],
  ]);
});

test("a pair with one set of conditions has them, and says that these are all", () => {
  expect(
    rttPairs(measure({ "e1000-bridge": 2, "virtio-bridge": 1 })).map(({ scope, isAll }) => [scope, isAll]),
  ).toEqual([
    ["all", true],
    ["conditions", true],
  ]);
});

const driversOf = (rtts: Record<string, number>) => Object.keys(rtts).sort();
const allOf = (rtts: Record<string, number>) => rttPairs(measure(rtts)).filter(({ scope }) => scope === "all");

test("the winner is told from every other driver, and nobody wins where one pair is open", () => {
  const clear = { "virtio-bridge": 2, "pci-passthrough": 1, "e1000-bridge": 3 };
  const won = winnerOf(allOf(clear), driversOf(clear));
  expect(won).toMatchObject({ driver: "pci-passthrough", why: null });
  expect(won.ratio).toBeCloseTo(2, 6);
  const tied = { "virtio-bridge": 1, "pci-passthrough": 1, "e1000-bridge": 3 };
  expect(winnerOf(allOf(tied), driversOf(tied))).toMatchObject({
    driver: "not decided",
    why: "not told apart: pci-passthrough and virtio-bridge",
  });
});

test("nobody wins while a driver was not compared with the others, and what is missing is said", () => {
  const rtts = { "virtio-bridge": 2, "pci-passthrough": 1 };
  expect(winnerOf(allOf(rtts), [...driversOf(rtts), "host-vf"])).toMatchObject({
    driver: "not decided",
    why: "not compared under these conditions: host-vf and pci-passthrough, host-vf and virtio-bridge",
  });
});

/** The rows of the figure of winners, and what is missing in it. */
function winnersOf(runs: readonly RunRecord[]) {
  const study = {
    pairs: compareDriverPairs(runs, "hardware"),
    measured: driversByConditions(runs),
    indexOf: new Map(),
  };
  const [figure] = winnerFigures(study as unknown as StudyData);
  return {
    rows: figure?.rows.map(({ cells: { where, driver } }) => `${where}: ${driver}`),
    missing: figure?.missing,
    isDrawn: figure?.spec != null,
  };
}

test("where nobody has won under any conditions there is no empty frame, and that is said", () => {
  const equal = winnersOf(measure({ "virtio-bridge": 2, "e1000-bridge": 2 }));
  expect(equal.rows).toEqual(["nobody competes: not decided"]);
  expect(equal.missing).toEqual(["under no conditions do the data tell one driver to be below every other one"]);
  expect(equal.isDrawn).toBe(false);
  expect(winnersOf(measure({ "virtio-bridge": 2, "e1000-bridge": 4 }))).toMatchObject({ missing: [], isDrawn: true });
});

test("a driver that was measured where nobody competes alone is among those compared there", () => {
  const two = { "virtio-bridge": 2, "e1000-bridge": 4 };
  const { rows, missing } = winnersOf([
    ...measure({ ...two, "host-vf": 1 }),
    ...measure(two, { background, load }),
    ...measure({ "host-vf": 1 }, { background: { vms: 8, driver: "pci-passthrough" }, load }),
  ]);
  expect(rows).toEqual([
    "CPU load at the sender, background VMs on virtio-bridge: virtio-bridge",
    "nobody competes: host-vf",
  ]);
  expect(missing).toEqual(["nothing to compare: CPU load at the sender, background VMs on pci-passthrough: host-vf"]);
});

test("on SR-IOV a driver that the study does not have is compared with those whose competitors have the same driver", () => {
  const beside = (driver: string) => ({ background: { vms: 8, driver }, load });
  const runs = [
    ...measure({ "host-vf": 1, "pci-passthrough": 2 }, beside("pci-passthrough")),
    ...measure({ "macvtap-passthrough": 3 }, beside("macvtap-passthrough")),
  ];
  const pairs = rttPairs(runs).filter(({ scope }) => scope === "conditions");
  expect(pairs.map(({ first, second, where }) => [first, second, where])).toEqual([
    ["host-vf", "pci-passthrough", "CPU load at the sender, background VMs on pci-passthrough"],
    ["macvtap-passthrough", "pci-passthrough", "CPU load at the sender, background VMs on SR-IOV"],
  ]);
});
