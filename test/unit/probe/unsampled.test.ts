import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { analyseDataset } from "../../../measure/analysis/analyse.ts";
import { analysisTables } from "../../../measure/analysis/print/analysis.ts";
import { openDataset } from "../../../measure/dataset/open.ts";
import { measureRun } from "../../../measure/probe/measure.ts";
import { runSpecSchema } from "../../../measure/probe/spec.ts";
import { ping } from "../../../measure/probes/ping/probe.ts";
import { inspectRun } from "../../../measure/results/token.ts";
import { playedRun } from "../../support/played-run.ts";
import { madeUpSpec } from "../../support/run-spec.ts";

const reason = "mpstat is switched off (cpuSampling: none)";

it("a run without mpstat counts, has its RTTs, and says why it has no CPU usage, as do the dataset and what is printed of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-unsampled-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const made = madeUpSpec(folder);
  const factors = { ...made.scenario.factors, cpuSampling: "none" };
  const spec = runSpecSchema.parse({ ...made, scenario: { ...made.scenario, factors } });
  const outcome = await measureRun(spec, () => {}, {
    probes: [ping],
    measureOnce: async (_spec, { tasks: [task] }) => {
      const run = playedRun(task);
      for (const name of ["mpstat-sender.json", "mpstat-responder.json"]) run.probes[0]?.files.delete(name);
      return run;
    },
  });
  expect(outcome).not.toHaveProperty("cpu");
  const state = inspectRun(outcome.directory);
  if ("missing" in state) throw new Error(state.missing);
  const { probes, missing } = state.manifest;
  const windows = { beforeSamples: [0, 1], duringSamples: [1, 2] };
  expect(probes[0]?.cpu).toEqual({
    sender: { unavailable: reason, ...windows },
    responder: { unavailable: reason, ...windows },
  });
  expect(missing).toEqual(
    expect.arrayContaining(["cpuSender", "cpuResponder"].map((metric) => ({ metric, at: null, reason }))),
  );
  const dataset = await openDataset(folder);
  const [run] = dataset.runs;
  expect(run?.cpu).toEqual({ cpuSender: { unavailable: reason }, cpuResponder: { unavailable: reason } });
  expect(run?.metrics.rtt).toHaveProperty("median");
  const analysis = await analyseDataset(dataset);
  expect(analysis.scenarios.map(({ cpuPercent }) => cpuPercent)).toEqual([{ sender: null, responder: null }]);
  expect(analysisTables(analysis).tables[0]?.rows[0]?.at(-1)).toBe("unavailable / unavailable");
  expect(analysisTables(analysis).tables[0]?.notes).toContain("unavailable: CPU usage where mpstat did not run");
});

it("a run of which mpstat's file is missing though it was to run does not count", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lab-unsampled-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const spec = runSpecSchema.parse(madeUpSpec(folder));
  const run = measureRun(spec, () => {}, {
    probes: [ping],
    measureOnce: async (_spec, { tasks: [task] }) => {
      const run = playedRun(task);
      run.probes[0]?.files.delete("mpstat-sender.json");
      return run;
    },
  });
  await expect(run).rejects.toThrow(/attempt 3: mpstat-sender\.json/);
});
