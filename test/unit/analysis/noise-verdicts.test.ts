import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { comparisonText } from "../../../cli/demo/comparisons.ts";
import { studyRuns } from "../../../measure/analysis/arms.ts";
import { checkClaims } from "../../../measure/analysis/claims/check.ts";
import { ruleWords } from "../../../measure/analysis/claims/words.ts";
import { compareSides } from "../../../measure/analysis/compare/compare.ts";
import { Sides } from "../../../measure/analysis/compare/sides.ts";
import { compareDeployments } from "../../../measure/analysis/comparison.ts";
import { placed, studyDeployments } from "../../../measure/analysis/study-deployments.ts";
import { table3 } from "../../../measure/analysis/table3.ts";
import { openDataset } from "../../../measure/dataset/open.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { sampleResults } from "../../support/samples.ts";
import { madeRun, tenRuns } from "../../support/study-runs.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const side = (name: string, runs: RunRecord[], directory = "r") => ({ name, directory, fidelity: "hardware", runs });

describe("a value of 0, which has no ratio", () => {
  /** Eight of fourteen deployments of the bridge have no spread at all; the others have more than MacVTap's. */
  const records = numbers(14).flatMap((replicate) => [
    madeRun({ replicate, spreadMs: replicate <= 8 ? 0 : 0.3 + replicate / 1000 }),
    madeRun({ main: "macvtap-passthrough", replicate, spreadMs: 0.2 + replicate / 10_000 }),
  ]);
  const runsOf = (driver: string) => records.filter(({ mains }) => mains.sender === driver);
  const why = "not enough data: 8 and 0 deployments have a value of 0, which has no ratio";

  test("leaves a comparison without interval and p, and the count in the row", () => {
    const [x, y] = ["virtio-bridge", "macvtap-passthrough"].map((driver) =>
      studyDeployments(studyRuns(runsOf(driver))).map(placed),
    );
    const found = compareDeployments(x!, y!, "rttSpread");
    expect(found).toMatchObject({ pValue: null, ratio: { interval: null, note: why } });
    expect(found.notes).toContain(why);
  });

  test.each(["r", "s"])("leaves compare without a verdict (%s)", async (directory) => {
    const { rows } = await compareSides(
      side("a", runsOf("virtio-bridge")),
      side("b", runsOf("macvtap-passthrough"), directory),
      "deployment",
    );
    expect(rows.find(({ measure }) => measure === "rttSpread")?.verdict).toMatch(why);
  });

  test("leaves a claim undecided, with the counts in its evidence", () => {
    const load = {
      background: { vms: 64, driver: "virtio-bridge" },
      load: { type: "cpu", location: "sender" },
    } as const;
    const runs = numbers(14).flatMap((replicate) => [
      madeRun({ replicate, rttMs: replicate <= 6 ? 0 : 2, ...load }),
      madeRun({ main: "macvtap-passthrough", replicate, rttMs: 1, ...load }),
    ]);
    const found = checkClaims({ runs: studyRuns(runs), fidelity: "hardware" }).find(({ id }) => id === "C5");
    expect(found?.evidence[0]).toMatchObject({
      verdict: "not enough data",
      shortage: expect.stringContaining("6 deployments have a value of 0"),
      leftOut: { unmatched: 6, withoutValue: 0, withoutRatio: 6 },
    });
  });
});

describe("one run in two folders", () => {
  test("counts once, and both folders are named", async () => {
    using results = await sampleResults();
    const { directory } = results;
    const before = await openDataset(directory);
    const scenario = readdirSync(directory).find((name) => name.startsWith("pci")) ?? "";
    cpSync(join(directory, scenario), join(directory, "copy", scenario), { recursive: true });
    const after = await openDataset(directory);
    expect(after.runs).toHaveLength(before.runs.length);
    expect(after.update.leftOut).toContainEqual({
      folder: expect.stringMatching(/pci/),
      why: expect.stringMatching(/^a copy of .*pci.*the run counts once$/),
    });
  });
});

describe("compare", () => {
  const bridge = tenRuns({ main: "virtio-bridge", rttMs: 2 });
  const pci = tenRuns({ main: "pci-passthrough", rttMs: 1 });

  test("of two directories does not take the day for the scenario, nor two environments for one", async () => {
    const elsewhere = pci.map((run) => ({ ...run, environmentSha256: "f" }));
    const { rows, notes } = await compareSides(side("a", bridge), side("b", elsewhere, "s"), "deployment");
    expect(rows[0]?.verdict).toBe("the directories differ: B is lower by 50 %");
    expect(notes.join("\n")).toMatch(/because of the scenario or of these cannot be told/);
    expect(notes.join("\n")).toMatch(/from 2 environments/);
    const together = await compareSides(side("a", bridge), side("b", pci), "deployment");
    expect(together.rows[0]?.verdict).toBe("B is lower by 50 %");
    expect(together.notes.join("\n")).not.toMatch(/of these cannot be told/);
  });

  test("says what was lost, and above 1 % that RTTs are of survivors", async () => {
    const losing = (received: number) => pci.map((run) => ({ ...run, received }));
    const few = await compareSides(side("a", bridge), side("b", losing(99)), "deployment");
    expect(few.second).toMatchObject({ transmitted: 1000, lost: 10 });
    expect(few.notes).toContain("lost packets: A 0 of 1000 (0 %), B 10 of 1000 (1 %)");
    const many = await compareSides(side("a", bridge), side("b", losing(60)), "deployment");
    expect(many.notes.join("\n")).toMatch(/B 400 of 1000 \(40 %\); RTTs are of the packets that came back/);
  });

  test("takes a driver's name for that driver at both ends", async () => {
    using results = await sampleResults();
    const sides = new Sides({ results: results.directory, runsOfStack: async () => undefined });
    const { runs } = await sides.of("e1000-bridge");
    expect(runs.length).toBeGreaterThan(1);
    const last = runs.at(-1)!;
    last.mains.responder = "virtio-bridge";
    expect((await sides.of("e1000-bridge")).runs).not.toContain(last);
    for (const run of runs) run.mains.responder = "virtio-bridge";
    await expect(sides.of("e1000-bridge")).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/no scenario has e1000-bridge at both ends/),
    });
  });
});

test("CPU usage of emulated servers is in no family of Table 3", () => {
  const runs = (["virtio-bridge", "pci-passthrough"] as const).flatMap((main, i) =>
    tenRuns({ main, rttMs: 1 + i, cpu: 30 + i, fidelity: "emulated" }),
  );
  const rows = table3(studyRuns(runs), "deployment").filter(({ n }) => n > 0);
  const [cpu, rtt] = rows;
  expect(cpu).toMatchObject({ measure: "cpuSender", pHolm: null });
  expect(cpu?.notes[0]).toBe("says nothing on emulated servers");
  expect(rtt).toMatchObject({ measure: "rtt", pHolm: rtt?.pValue });
});

test("points of CPU usage are called points", () => {
  const words = ruleWords({
    ...{ kind: "same", scale: "absolute", measure: "cpuSender", first: "PCI", second: "Bridge" },
    ...{ margin: 2, where: {} },
  });
  expect(words).toMatch(/differ by less than 2 percentage points/);
});

test("the demo says how often chance tells one of its pairs apart", () => {
  const pair = { first: "a", second: "b", replicates: 3, ratio: 1, low: 0.5, high: 2, method: "student" as const };
  const lost = { first: 0, second: 0 };
  const text = comparisonText(numbers(3).map(() => ({ ...pair, lost, toldApart: false, shortage: null })));
  expect(text).toMatch(/up to 15 % of demos tell at least one of these 3 pairs apart/);
});
