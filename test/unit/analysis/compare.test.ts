import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareCommand } from "../../../measure/analysis/compare/command.ts";
import { compareSides } from "../../../measure/analysis/compare/compare.ts";
import { Sides } from "../../../measure/analysis/compare/sides.ts";
import { verdictOf } from "../../../measure/analysis/compare/verdict.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { sampleResults } from "../../support/samples.ts";
import { tenRuns } from "../../support/study-runs.ts";

const side = (name: string, directory: string, runs: RunRecord[], fidelity = "hardware") => ({
  name,
  directory,
  fidelity,
  runs,
});
const noStack = async () => undefined;

describe("compareSides", () => {
  const bridge = tenRuns({ main: "virtio-bridge", rttMs: 2 });
  const pci = tenRuns({ main: "pci-passthrough", rttMs: 1 });

  test("pairs runs of one results directory", async () => {
    const { rows, pairing } = await compareSides(side("a", "r", bridge), side("b", "r", pci), "run-median");
    expect(rows[0]).toMatchObject({ measure: "rtt", comparison: { test: "wilcoxon signed-rank", n: 10, effect: 1 } });
    expect(rows[0]?.verdict).toMatch(/^B is lower by 1 ms \(50 %\)$/);
    expect(pairing).toContain("10 pairs");
  });

  test("does not pair single scenarios of different directories", async () => {
    const { rows } = await compareSides(side("a", "r", bridge), side("b", "s", pci), "run-median");
    expect(rows[0]?.comparison).toMatchObject({ test: "mann-whitney", n: 10, effect: 1 });
  });

  test("pairs two directories by their scenarios", async () => {
    const again = bridge.map((run) => ({ ...run, fixed: "{}" }));
    const { rows } = await compareSides(
      side("a", "r", [...bridge, ...pci]),
      side("b", "s", [...again, ...pci]),
      "run-median",
    );
    expect(rows[0]?.comparison).toMatchObject({ n: 2, difference: { estimate: 0 } });
    expect(rows[0]?.verdict).toBe("equal; too few scenarios to tell (n = 2)");
  });

  test.each([
    ["hardware", "emulated"],
    ["hardware", "emulated-virtual"],
    ["emulated", "emulated-virtual"],
  ])("refuses to mix %s and %s", async (first, second) => {
    await expect(
      compareSides(side("a", "r", bridge, first), side("b", "s", pci, second), "run-median"),
    ).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining("not mixed") });
  });

  test.each(["emulated", "emulated-virtual"])("says nothing of CPU usage on %s servers", async (fidelity) => {
    const { rows } = await compareSides(side("a", "r", bridge, fidelity), side("b", "r", pci, fidelity), "run-median");
    expect(rows.find(({ measure }) => measure === "cpuSender")?.verdict).toBe("says nothing on emulated servers");
  });

  test("never calls an interval around 0 equality", async () => {
    const other = bridge.map((run, i) => ({
      ...run,
      directory: `other/${run.directory}`,
      metrics: bridge[(i + 3) % 10]?.metrics ?? run.metrics,
    }));
    const { rows } = await compareSides(side("a", "r", bridge), side("b", "r", other), "run-median");
    expect(rows[0]?.verdict).toBe("no difference shown: the interval holds 0");
    const empty = { ...rows[0]?.comparison, n: 0, difference: null } as Parameters<typeof verdictOf>[0];
    expect(verdictOf(empty, "rtt", "ms", ["A", "B"])).toBe("nothing to compare");
  });
});

describe("sides", () => {
  test("are drivers, scenarios, hashes, folders, runs and stacks", async () => {
    using results = await sampleResults();
    const { directory } = results;
    const stacked = join(
      directory,
      readdirSync(directory).find((name) => name.startsWith("pci")) ?? "",
      "rep-01_run-02",
    );
    const sides = new Sides({
      results: directory,
      runsOfStack: async (name) => (name === "mine" ? [stacked] : undefined),
    });
    const runs = async (name: string) => (await sides.of(name)).runs.map(({ mains, run }) => `${mains.sender} ${run}`);
    const scenario = (await sides.of("virtio-bridge")).runs[0];
    expect(await runs("virtio-bridge")).toEqual(["virtio-bridge 1", "virtio-bridge 2"]);
    expect(await runs(scenario?.scenario ?? "")).toEqual(["virtio-bridge 1", "virtio-bridge 2"]);
    expect(await runs(scenario?.scenarioSha256.slice(0, 6) ?? "")).toEqual(["virtio-bridge 1", "virtio-bridge 2"]);
    expect(await runs("virtio-b")).toEqual(["virtio-bridge 1", "virtio-bridge 2"]);
    expect(await runs("mine")).toEqual(["pci-passthrough 2"]);
    expect(await runs(directory)).toHaveLength(8);
    expect(await runs(join(directory, scenario?.scenario ?? ""))).toEqual(["virtio-bridge 1", "virtio-bridge 2"]);
    expect(await runs(join(directory, scenario?.directory ?? ""))).toEqual(["virtio-bridge 1"]);
    await expect(sides.of("nope")).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        /no directory, no stack .*, which has runs of e1000-bridge, macvtap-passthrough, pci-passthrough, virtio-bridge$/,
      ),
    });
    const nothing = new Sides({ results: join(directory, "none"), runsOfStack: noStack });
    await expect(nothing.of("nope")).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/no directory, no stack .*, which does not exist$/),
    });
    await expect(sides.of("")).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining("4 scenarios") });
  });

  test("print as a table, JSON, CSV and Markdown", async () => {
    using results = await sampleResults();
    const print = (words: Parameters<typeof compareCommand>[2]) =>
      compareCommand("e1000-bridge", "pci-passthrough", words, { results: results.directory, runsOfStack: noStack });
    const text = await print({});
    expect(text).toMatch(
      /median RTT, ms +18\.0 +1\.77 +10\.2 .* 1 +not enough data: one replicate; here B is lower by 90 %/,
    );
    expect(await print({ pairs: "run" })).toMatch(
      /median RTT, ms +18\.0 +1\.77 +16\.2 .*B is lower by 16\.2 ms \(90 %\); too few runs to tell \(n = 2\)/,
    );
    expect(text).toContain("unavailable: pci-passthrough: sender.nic");
    expect(text.split("\n").length).toBeLessThan(24);
    expect(JSON.parse(await print({ json: true }))).toMatchObject({ fidelity: "emulated", first: { runs: 2 } });
    expect((await print({ csv: true })).split("\n")).toHaveLength(7);
    expect(await print({ markdown: true })).toContain("| median RTT, ms | 18.0 |");
    await expect(print({ json: true, csv: true })).rejects.toMatchObject({ exitCode: 2 });
    await expect(print({ pairs: "run-median" })).rejects.toThrow("choose one of: run, packet, deployment");
    expect(await print({ pairs: "packet" })).toContain("a pair is two packets");
  });
});
