import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findRuns } from "../../measure/dataset/find-runs.ts";
import { manifestIn } from "../../measure/results/read-manifest.ts";
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
    const manifest = manifestIn(run);
    const keys = manifest && serverKeysIn(manifest.environment);
    if (!keys) continue;
    const pair = manifest.scenario.factors.serverPair ?? 1;
    found.set(pair, [...(found.get(pair) ?? []), keys]);
  }
  return found;
}
