import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { importRuns } from "../../../measure/dataset/import/import-runs.ts";
import { openDataset } from "../../../measure/dataset/open.ts";
import { samples } from "../../support/samples.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-copies-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs by hand of one driver, in a folder that can be imported. */
function handRuns(name: string, driver: string): string {
  const from = join(folder, name);
  cpSync(join(samples, driver), join(from, driver), { recursive: true });
  return from;
}
const fidelity = "emulated" as const;

describe("copies of a run count once", () => {
  test("also where a manifest calls one another replicate", async () => {
    const results = join(folder, "results");
    await importRuns(handRuns("runs", "virtio-bridge"), results, { fidelity });
    const [scenario = ""] = readdirSync(results);
    for (const replicate of [2, 3, 4, 5, 6, 7, 8]) {
      const copy = join(results, scenario, `rep-0${replicate}_run-01`);
      cpSync(join(results, scenario, "rep-01_run-01"), copy, { recursive: true });
      const manifest = JSON.parse(readFileSync(join(copy, "manifest.json"), "utf8"));
      writeFileSync(join(copy, "manifest.json"), JSON.stringify({ ...manifest, replicate }));
    }
    const { runs, update } = await openDataset(results);
    expect(runs.map(({ replicate, run }) => [replicate, run])).toEqual([
      [1, 1],
      [1, 2],
    ]);
    expect(update.leftOut).toHaveLength(7);
    expect(update.leftOut[0]).toEqual({
      folder: `${scenario}/rep-02_run-01`,
      why: `a copy of ${scenario}/rep-01_run-01 (equal data under another manifest.json); the run counts once`,
    });
  });

  test("also where they were imported from a copy of their files, with other remarks", async () => {
    const [first, second] = [handRuns("first", "virtio-bridge"), handRuns("second", "virtio-bridge")];
    for (const run of ["run-1", "run-2"]) {
      const copy = join(second, "virtio-bridge", run);
      utimesSync(join(copy, "ping.txt"), new Date(0), new Date(0));
      writeFileSync(join(copy, "facts.txt"), `${readFileSync(join(copy, "facts.txt"), "utf8")}\nmeasured again\n`);
    }
    await importRuns(first, join(folder, "results", "a"), { fidelity });
    await importRuns(second, join(folder, "results", "b"), { fidelity });
    const { runs, update } = await openDataset(join(folder, "results"));
    expect([runs.length, update.leftOut.length]).toEqual([2, 2]);
  });
});

test.each(["results[1]", "results*", "results?"])("a results directory may be called %s", async (name) => {
  const [results, other] = [join(folder, name), join(folder, "results1")];
  mkdirSync(results);
  await importRuns(handRuns("pci", "pci-passthrough"), other, { fidelity });
  await openDataset(other);
  await importRuns(handRuns("bridge", "virtio-bridge"), results, { fidelity });
  // Once to write what is derived, once to find it there.
  for (const found of [await openDataset(results), await openDataset(results)])
    expect(found.runs.map(({ mains }) => mains.sender)).toEqual(["virtio-bridge", "virtio-bridge"]);
});
