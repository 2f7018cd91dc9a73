import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { driftOfRuns } from "../../../measure/analysis/drift.ts";
import { compareDriverPairs } from "../../../measure/analysis/driver-pairs.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { svgOf } from "../../../report/draw/pictures.ts";
import { compiledFigure } from "../../../report/draw/specification.ts";
import { campaignFigures } from "../../../report/figures/campaign.ts";
import type { Drawing } from "../../../report/figures/drawing.ts";
import { pairFigures } from "../../../report/figures/pairs.ts";
import { printable } from "../../../report/figures/printable.ts";
import { shownValue } from "../../../report/page/shown-value.ts";
import type { StudyData } from "../../../report/study-data.ts";
import { drawnStudy, temporaryFolder } from "../../support/report.ts";
import { sampleResults } from "../../support/samples.ts";
import { madeRun, tenRuns } from "../../support/study-runs.ts";

const noReply = { unavailable: "no packet came back" };
/** A run of which no packet came back. */
const lostRun = (run: RunRecord): RunRecord => ({
  ...run,
  ...{ received: 0, cpu: { cpuSender: noReply, cpuResponder: noReply } },
  metrics: { ...run.metrics, rtt: noReply },
});

const ordered = (kind: "random" | "paper", run: RunRecord): RunRecord => ({
  ...run,
  order: { kind, seed: kind === "random" ? 1 : null, block: 1, position: 1, positions: 1, campaign: "c" },
});

function campaignOf(runs: readonly RunRecord[], lost: readonly RunRecord[] = []): Drawing {
  const analysis = { drift: driftOfRuns(runs) };
  const [figure] = campaignFigures({ dataset: { runs, lost }, analysis, indexOf: new Map() } as unknown as StudyData);
  if (figure === undefined) throw new Error("there is no figure of campaigns");
  return figure;
}

test("that an order was drawn is said of drawn orders alone, and of others what they confound", () => {
  const drawn = campaignOf([ordered("random", madeRun())]).caption.join(" ");
  expect(drawn).toMatch(/drawn at random: in expectation/);
  const mixed = campaignOf([ordered("random", madeRun()), ordered("paper", madeRun({ replicate: 2 }))]);
  expect(mixed.caption.join(" ")).not.toContain("drawn at random");
  expect(mixed.caption.join(" ")).toContain("deployed in the order paper: every replicate has the same order");
  expect(campaignOf([madeRun()]).caption.join(" ")).toContain("1 run without a planned order");
});

test("a deployment that was lost stands in its campaign, with the reason", () => {
  const figure = campaignOf([madeRun()], [lostRun(madeRun({ replicate: 2 }))]);
  expect(figure.rows.map(({ cells }) => cells.value !== null)).toEqual([true, false]);
  expect(figure.missing).toEqual(["unavailable for virtio-bridge, replicate 2: no packet came back"]);
});

test("campaigns without a name of their own have a panel each", () => {
  const seeded = (seed: number): RunRecord => ({
    ...madeRun({ replicate: seed }),
    ...{ batch: "results", order: { kind: "random", seed, block: 1, position: 1, positions: 1 } },
  });
  const panels = campaignOf([seeded(1), seeded(2)]).rows.map(({ cells }) => cells.panel);
  expect(panels).toEqual(["results, number 1", "results, number 2"]);
  expect(campaignOf([ordered("random", madeRun())]).rows[0]?.cells.panel).toBe("campaign of 2026-01-01 (c)");
});

test("a pair says how its values were paired, and which deployments were lost; what has no interval is not counted as chance", () => {
  const [first, ...others] = tenRuns({ main: "e1000-bridge", rttMs: 2 });
  const runs = [lostRun(first as RunRecord), ...others, ...tenRuns({ main: "virtio-bridge" })];
  const rttFigure = (of: readonly RunRecord[]) =>
    pairFigures({
      ...{ pairs: compareDriverPairs(of, "hardware"), apart: [], indexOf: new Map() },
    } as unknown as StudyData).find(({ name }) => name === "pairs-rtt");
  const figure = rttFigure(runs);
  expect(figure?.rows[0]?.cells.pairing).toMatch(/9 replicates, 1 cell, 9 pairs.*1 replicate more lost deployments/);
  expect(figure?.missing).toEqual([
    "e1000-bridge / virtio-bridge: without a value: e1000-bridge 1 of 10 deployments (no packet came back), virtio-bridge 0 of 10 deployments",
  ]);
  expect(figure?.caption.join(" ")).toContain("No pair has an interval that says anything.");
  const whole = rttFigure([...tenRuns({ main: "e1000-bridge", rttMs: 2 }), ...tenRuns({ main: "virtio-bridge" })]);
  expect(whole?.caption.join(" ")).toContain("of 1 pair would");
  expect(whole?.missing).toEqual([]);
});

test("a row of frequencies names its conditions and its scenario", async () => {
  using results = await sampleResults();
  const { study, figures } = await drawnStudy(results.directory);
  const rows = figures.get("rates")?.rows ?? [];
  expect(rows).toHaveLength(study.places.length);
  for (const { scenarios, cells } of rows) {
    expect(cells.scenario).toBe(study.scenarios[scenarios[0] ?? -1]?.name);
    expect(study.places.map(({ panel }) => panel)).toContain(cells.panel);
  }
});

test("a folder whose name XML cannot have is drawn", { timeout: 120_000 }, async () => {
  using results = await sampleResults();
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, "a\u0001b"));
  for (const name of readdirSync(results.directory).filter((one) => !one.startsWith(".")))
    cpSync(join(results.directory, name), join(folder.path, "a\u0001b", name), { recursive: true });
  const { figures } = await drawnStudy(folder.path);
  const drawing = figures.get("campaign-rtt") as Drawing;
  expect(drawing.rows[0]?.cells.panel).toBe("a\ufffdb");
  const svg = await svgOf(compiledFigure(drawing, null));
  expect(svg).toContain("a\ufffdb");
});

test("what a picture is given has the characters of XML alone, and nothing else of it changes", () => {
  fc.assert(
    fc.property(fc.anything({ values: [fc.string({ unit: "binary" }), fc.integer(), fc.constant(null)] }), (value) => {
      const text = JSON.stringify(printable(JSON.parse(JSON.stringify(value) ?? "null")));
      // Characters below space stand in JSON as escapes.
      expect(text).not.toMatch(/\\u00(?:0[0-8be-f]|1.)|\\u[dD]|\uffff|\ufffe/);
    }),
  );
  expect(printable({ a: ["x\ty\n", 1, null, "\ud800\u0000"] })).toEqual({ a: ["x\ty\n", 1, null, "\ufffd\ufffd"] });
});

test("a number is shown with four digits, and never as a whole number that it is not", () => {
  expect([1.23456, 1.00004, 0.999996, 2, 0.000123456].map(shownValue)).toEqual([
    "1.235",
    "1.00004",
    "0.999996",
    "2",
    "0.0001235",
  ]);
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 1.5, noNaN: true }), (value) => {
      if (Math.abs(value - 1) > 1e-9) expect(shownValue(value)).not.toBe("1");
    }),
  );
});
