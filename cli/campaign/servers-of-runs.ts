import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findRuns } from "../../measure/dataset/find-runs.ts";
import { readManifest } from "../../measure/results/read-manifest.ts";
import { manifestFile } from "../../measure/results/run-files.ts";
import { type ServerKeys, serverKeysIn } from "../../measure/results/server-keys.ts";

/** Servers that runs were measured on, by the number of the pair that the runs are recorded under. */
export type MeasuredServers = ReadonlyMap<number, readonly ServerKeys[]>;

/** The first run of each replicate of each scenario: the others were measured by the same deployment, or go on with it. */
function firstOfReplicates(results: string): string[] {
  const replicateOf = (run: string) => join(dirname(run), basename(run).split("_run-")[0] ?? "");
  return [...Map.groupBy(findRuns(results).runs, replicateOf).values()].flatMap(([first]) => first ?? []);
}

/**
 * What runs of any campaign say of their servers; those that do not say it, or cannot be read, are passed over.
 * @param directories with runs, or with their manifests; those that are not there have none
 */
export function serversOfRuns(directories: readonly string[]): MeasuredServers {
  const found = new Map<number, ServerKeys[]>();
  const runs = directories
    .filter((directory) => existsSync(directory))
    .flatMap((directory) => firstOfReplicates(directory).map((run) => join(directory, run)));
  for (const run of runs) {
    try {
      const { environment, scenario } = readManifest(readFileSync(join(run, manifestFile), "utf8"));
      const keys = serverKeysIn(environment);
      const pair = scenario.factors.serverPair ?? 1;
      if (keys) found.set(pair, [...(found.get(pair) ?? []), keys]);
    } catch {
      // A manifest that cannot be read says nothing of servers; that its run does not count is told where runs are looked at.
    }
  }
  return found;
}
