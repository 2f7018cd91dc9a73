import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareSides } from "../../../measure/analysis/compare/compare.ts";
import { Sides } from "../../../measure/analysis/compare/sides.ts";
import { intervalText } from "../../../measure/analysis/print/table.ts";
import type { Drawing } from "../../../report/figures/drawing.ts";
import { writeReport } from "../../../report/report.ts";
import { csvOf } from "../../../report/write.ts";
import { drawnData, drawnStudy, temporaryFolder } from "../../support/report.ts";
import { sampleResults } from "../../support/samples.ts";

/** Limit for a report with all its pictures on a busy machine. */
const wholeReportMs = 240_000;

describe("what is drawn is what analyse and compare say", () => {
  test("boxes have the quantiles of the scenarios, and unavailable ones the reason", async () => {
    using results = await sampleResults();
    const { study, figures } = await drawnStudy(results.directory);
    const drawn = drawnData(figures.get("boxes-rtt") as Drawing);
    for (const { senderDriver, rttMs } of study.analysis.scenarios) {
      if ("unavailable" in rttMs) throw new Error("the samples have RTTs");
      const { n, min, p05, p25, median, p75, p95, max } = rttMs;
      const box = drawn.find(({ driver, p25: quartile }) => driver === senderDriver && quartile !== undefined);
      expect(box).toMatchObject({ n, min, p05, p25, median, p75, p95, max });
    }
    const overhead = figures.get("boxes-overhead") as Drawing;
    const [pci] = overhead.rows.filter(({ cells }) => cells.driver === "pci-passthrough");
    expect(pci?.cells.median).toBeUndefined();
    expect(pci?.cells.unavailable).toMatch(/sender\.nic/);
    expect(overhead.missing).toEqual([expect.stringMatching(/^unavailable for pci-passthrough: /)]);
  });

  test("pairs have the ratios of ./lab compare", async () => {
    using results = await sampleResults();
    const { figures } = await drawnStudy(results.directory);
    const sides = new Sides({ results: results.directory, runsOfStack: async () => undefined });
    const [first, second] = ["e1000-bridge", "virtio-bridge"];
    const report = await compareSides(await sides.of(first), await sides.of(second), "deployment");
    const drawn = drawnData(figures.get("pairs-rtt") as Drawing);
    const mark = drawn.find(({ pair, estimate }) => pair === `${first} / ${second}` && estimate !== undefined);
    expect(mark?.estimate).toBe(report.rows.find(({ measure }) => measure === "rtt")?.comparison?.ratio?.estimate);
    expect(mark?.answer).toBe("no interval");
  });

  test("the parts of an RTT add up to its mean", async () => {
    using results = await sampleResults();
    const { study, figures } = await drawnStudy(results.directory);
    const parts = (figures.get("parts-rtt") as Drawing).rows.filter(({ cells }) => cells.driver === "virtio-bridge");
    const whole = [...study.parts.values()].find(
      ({ whole }) => Math.abs(whole / 1e6 - Number(parts.at(-1)?.cells.to)) < 1e-6,
    );
    expect(parts).toHaveLength(7);
    expect(whole).toBeDefined();
  });
});

test("a dataset without a run that counts has a page that says so, and names what was left out", async () => {
  using folder = temporaryFolder();
  expect(readFileSync(await writeReport(folder.path), "utf8")).toContain("holds no run that counts");
});

test("of one run nothing is decided, and no figure is missing", { timeout: wholeReportMs }, async () => {
  using results = await sampleResults();
  using folder = temporaryFolder();
  const [scenario = ""] = readdirSync(results.directory);
  const [run = ""] = readdirSync(join(results.directory, scenario));
  cpSync(join(results.directory, scenario, run), join(folder.path, scenario, run), { recursive: true });
  const page = readFileSync(await writeReport(folder.path), "utf8");
  expect(page).toContain("No two drivers were measured under the same conditions");
  expect(readdirSync(join(folder.path, "report", "figures"))).toEqual(
    expect.arrayContaining(["pairs-rtt.svg", "boxes-rtt.png", "kendall.csv", "parts-rtt.vl.json"]),
  );
  expect(readFileSync(join(folder.path, "report", "figures", "pairs-rtt.svg"), "utf8")).toContain("nothing to draw");
});

test("names are text in HTML, SVG and CSV", { timeout: wholeReportMs }, async () => {
  using results = await sampleResults();
  const [name = ""] = readdirSync(results.directory);
  const evil = `=cmd()</script><script>alert(1)</script>`;
  for (const run of readdirSync(join(results.directory, name))) {
    const path = join(results.directory, name, run, "manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    manifest.scenario.name = evil;
    writeFileSync(path, JSON.stringify(manifest));
  }
  using folder = temporaryFolder();
  const page = readFileSync(await writeReport(results.directory, { into: folder.path }), "utf8");
  expect(page).toContain("=cmd()&lt;/script&gt;");
  expect(page).not.toContain("<script>alert");
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  const drawing: Drawing = {
    ...{ name: "x", title: "x", caption: [], missing: [], spec: null },
    fields: [{ name: "a", head: "a" }],
    rows: [
      { scenarios: [0], cells: { a: evil } },
      { scenarios: [0], cells: { a: -1 } },
    ],
  };
  expect(csvOf(drawing)).toBe(`a\n'${evil}\n-1\n`);
});

test("an interval shows on which side of no difference its ends are", () => {
  const shown = (low: number, high: number) => intervalText({ low, high });
  expect(shown(1.00004, 1.04)).toBe("1.00004 … 1.04000");
  expect(shown(0.961, 1)).toBe("0.961 … 1.00");
  expect(shown(0.5, 0.75)).toBe("0.500 … 0.750");
  expect(shown(-0.999996, 120.25)).toBe("-0.999996 … 120.250");
  expect(shown(0, 1 + 1e-13)).toBe("0 … 1.00");
});
