import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LabError } from "../lib/errors.ts";
import { conditionWords } from "../measure/analysis/competitors.ts";
import { findRuns } from "../measure/dataset/find-runs.ts";
import type { Manifest } from "../measure/results/manifest.ts";
import { readManifest } from "../measure/results/read-manifest.ts";
import { manifestFile } from "../measure/results/run-files.ts";
import type { BenchRow } from "./bench-row.ts";
import { spread } from "./spread.ts";

function loadWords({ scenario: { factors } }: Manifest): string {
  const { background, load } = factors;
  return `${conditionWords({ competitors: background?.driver ?? null, load })}${background ? `, ${background.vms} of them` : ""}`;
}

/**
 * What runs of servers in step cost on this machine: of the results directory that BENCH_RESULTS names (default results), by load.
 * It measures nothing itself, since a run takes the servers that `./lab hosts up` boots and a deployment on them.
 */
export async function run(): Promise<BenchRow[]> {
  const directory = resolve(process.env.BENCH_RESULTS ?? "results");
  const inStep = findRuns(directory).runs.flatMap((folder) => {
    const manifest = readManifest(readFileSync(join(directory, folder, manifestFile), "utf8"));
    return manifest.probes.flatMap(({ sharedClock }) => {
      if (!sharedClock) return [];
      const { wallSeconds: wall, counts } = sharedClock;
      return [{ load: loadWords(manifest), wall, virtual: counts.sender.virtualNs / 1e9 }];
    });
  });
  if (inStep.length === 0)
    throw new LabError(`${directory} has no run of servers in step; BENCH_RESULTS names another`);
  return [...Map.groupBy(inStep, ({ load }) => load)].map(([load, costs]) => ({
    what: `${load}, ${costs.length} runs`,
    value: `${spread(
      costs.map(({ wall }) => wall),
      1,
    )} s`,
    ratios: `${spread(
      costs.map(({ wall, virtual }) => wall / virtual),
      1,
    )} s a virtual second`,
  }));
}
