import { join } from "node:path";
import { factorCellsOf, runFactorsOf } from "../../study/factor-columns.ts";
import { factorTable } from "../../study/factors.ts";
import { analysedMetrics, cpuMetrics } from "../../study/metric-lists.ts";
import { pingRecord } from "../probes/ping/record.ts";
import { mainVmsOf } from "../results/main-vms.ts";
import type { Manifest } from "../results/manifest.ts";
import { manifestIn } from "../results/read-manifest.ts";
import { batchOf, eachOf, type RunRecord } from "./run-record.ts";

/** A run of which nothing counts, in its place in the design. */
function lostRun(directory: string, manifest: Manifest, why: string): RunRecord {
  const { scenario, replicate, run } = manifest;
  const { transmitted, received } = pingRecord(manifest).details;
  return {
    directory,
    batch: batchOf(directory),
    scenario: scenario.name,
    scenarioSha256: manifest.scenarioSha256,
    fidelity: manifest.fidelity,
    ...runFactorsOf(factorCellsOf(scenario.factors, factorTable)),
    environmentSha256: manifest.environmentSha256,
    replicate,
    run,
    started: manifest.started,
    order: manifest.order ?? null,
    mainVms: mainVmsOf(manifest),
    transmitted,
    received,
    achievedRatePps: null,
    cpu: eachOf(cpuMetrics, () => ({ unavailable: why })),
    metrics: eachOf(analysedMetrics, () => ({ unavailable: why })),
  };
}

const placeOf = ({ batch, scenarioSha256, replicate, run }: RunRecord) =>
  [batch, scenarioSha256, replicate, run].join("\n");

/**
 * The runs of a results directory that were measured and do not count, each once, as a record without values: a comparison that knew
 * nothing of them would be of the runs that went well. A run that was measured again, and counts, is none of them.
 * @param runs those that count
 * @param folders those that do not, and why
 */
export function lostRuns(
  directory: string,
  runs: readonly RunRecord[],
  folders: readonly { folder: string; why: string }[],
): RunRecord[] {
  const taken = new Set(runs.map(placeOf));
  return folders.flatMap(({ folder, why }) => {
    const manifest = manifestIn(join(directory, folder));
    if (manifest === undefined) return [];
    const lost = lostRun(folder, manifest, manifest.problems.length > 0 ? manifest.problems.join("; ") : why);
    if (taken.has(placeOf(lost))) return [];
    taken.add(placeOf(lost));
    return [lost];
  });
}
