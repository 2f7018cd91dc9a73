import { describe, expect, test } from "vitest";
import { studyRuns } from "../../../measure/analysis/arms.ts";
import { checkClaims } from "../../../measure/analysis/claims/check.ts";
import { compareSides } from "../../../measure/analysis/compare/compare.ts";
import type { RunRecord } from "../../../measure/dataset/run-record.ts";
import { madeRun, tenRuns } from "../../support/study-runs.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const side = (name: string, runs: RunRecord[], directory = "r") => ({ name, directory, fidelity: "hardware", runs });
const claimOf = (runs: RunRecord[], id: string) =>
  checkClaims({ runs: studyRuns(runs), fidelity: "hardware" }).find((claim) => claim.id === id)!;

describe("a value of 0, which has no ratio", () => {
  test("leaves a number of one driver undecided, too", () => {
    const runs = numbers(14).map((replicate) => madeRun({ replicate, rttMs: replicate <= 6 ? 0 : 0.1 }));
    const range = claimOf(runs, "C2").evidence.find(({ statement }) =>
      /Bridge: between 0.05 and 0.2 ms/.test(statement),
    );
    expect(range).toMatchObject({
      verdict: "not enough data",
      low: null,
      shortage: "not enough data: 6 deployments with a value of 0, which has no ratio",
    });
  });

  test("is why nothing is left to compare", async () => {
    const still = tenRuns({ spreadMs: 0 });
    const other = tenRuns({ main: "pci-passthrough", spreadMs: 0 });
    const { rows } = await compareSides(side("a", still), side("b", other), "deployment");
    expect(rows.find(({ measure }) => measure === "rttSpread")?.verdict).toMatch(
      /^not enough data: 10 and 10 deployments have a value of 0/,
    );
  });
});

describe("two frequencies", () => {
  const at = (ratePps: number, achieved: number | null) =>
    tenRuns({ ratePps }).map((run) => ({ ...run, achievedRatePps: achieved }));

  test.each([
    ["neither is", null, null],
    ["the slow one is not", 5000, null],
    ["the fast one is not", null, 1000],
  ])("are not one treatment or two where %s known", (_, fast, slow) => {
    expect(claimOf([...at(1_000_000, fast), ...at(1000, slow)], "C3").evidence[0]).toMatchObject({
      verdict: "not testable here",
      note: "the rates that ping achieved are not known: they may be one treatment",
    });
  });

  test("are judged by the deployments of which they are known", () => {
    const runs = [...at(1_000_000, 5000), ...at(1000, 1000)];
    expect(claimOf(runs, "C3").verdict).toBe("reproduced");
    const partly = runs.map((run) => (run.replicate === 1 ? { ...run, achievedRatePps: null } : run));
    expect(claimOf(partly, "C3").evidence[0]).toMatchObject({ verdict: "reproduced", n: 9 });
  });
});

describe("compare", () => {
  const bridge = tenRuns({});
  const notesOf = async (runs: RunRecord[]) =>
    (await compareSides(side("a", bridge), side("b", runs), "deployment")).notes.join("\n");

  test("does not take two environments for two scenarios", async () => {
    const pci = tenRuns({ main: "pci-passthrough" });
    const elsewhere = pci.map((run) => ({ ...run, environmentSha256: "f" }));
    expect(await notesOf(elsewhere)).toContain("A and B are of different environments");
    expect(await notesOf([...elsewhere.slice(1), ...pci.slice(0, 1)])).not.toContain("different environments");
  });

  test("says why p does not say what Student's interval says", async () => {
    const few = (ms: number, main: string) => tenRuns({ main, rttMs: ms }).slice(0, 3);
    const { rows, notes } = await compareSides(
      side(
        "a",
        few(1, "virtio-bridge").map((run, i) => ({ ...run, metrics: tenRuns({ rttMs: 1 + i / 100 })[0]!.metrics })),
      ),
      side("b", few(2, "pci-passthrough")),
      "deployment",
    );
    expect(rows[0]).toMatchObject({ verdict: expect.stringMatching(/^A is lower by/), comparison: { pValue: 0.25 } });
    expect(notes.join("\n")).toMatch(/p is the signed-rank test's, which they cannot bring to 5 %/);
  });
});

describe("a run on both sides of compare", () => {
  const bridge = tenRuns({});
  const pci = tenRuns({ main: "pci-passthrough" });

  test.each([
    ["a side and itself", side("a", bridge), side("b", bridge), 10],
    ["a driver and all of its directory", side("a", pci), side("b", [...bridge, ...pci]), 10],
    [
      "a directory and one below it",
      side("a", bridge.slice(0, 1), "r"),
      side(
        "b",
        [{ ...bridge[0]!, directory: bridge[0]!.directory.replace(/^[^/]+\//, "") }],
        `r/${bridge[0]!.scenario}`,
      ),
      1,
    ],
  ])("is refused: %s", async (_, first, second, common) => {
    await expect(compareSides(first, second, "deployment")).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        new RegExp(`^a and b have ${common} runs? in common, as .*rep-1_run-01; name two`),
      ),
    });
  });
});
