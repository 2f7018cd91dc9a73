import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import type { Cell } from "../../study/factor.ts";
import { factorCellsOf } from "../../study/factor-columns.ts";
import { factorTable } from "../../study/factors.ts";
import { mainVmsOf } from "../results/main-vms.ts";
import { factsFile } from "../results/run-files.ts";
import type { MeasuredRun } from "./read-run.ts";

export type Row = Record<string, Cell>;

/** The factors of a run as columns. */
function factorCells(directory: string, { manifest }: Pick<MeasuredRun, "manifest">): Row {
  const { scenario, fidelity, replicate, run } = manifest;
  return {
    run_directory: directory,
    scenario: scenario.name,
    scenario_sha256: manifest.scenarioSha256,
    fidelity,
    ...factorCellsOf(scenario.factors, factorTable),
    replicate,
    run,
  };
}

/** What a copy of a run has in common with it, whatever was written about it: all files but free text. */
const dataSha256 = ({ files }: MeasuredRun["manifest"]): string =>
  sha256(
    canonicalJson(
      Object.entries(files)
        .filter(([name]) => name !== factsFile)
        .map(([name, { sha256: sum }]) => `${name} ${sum}`)
        .sort(),
    ),
  );

/** A run's row of the table of runs. */
export function runRow(directory: string, run: MeasuredRun, filesState: string): Row {
  const { manifest, match } = run;
  return {
    ...factorCells(directory, run),
    manifest_sha256: run.manifestSha256,
    data_sha256: dataSha256(manifest),
    files_state: filesState,
    environment_sha256: manifest.environmentSha256,
    started: manifest.started,
    order_kind: manifest.order?.kind ?? null,
    order_seed: manifest.order?.seed ?? null,
    block: manifest.order?.block ?? null,
    position: manifest.order?.position ?? null,
    positions: manifest.order?.positions ?? null,
    plot: manifest.order?.plot ?? null,
    plot_position: manifest.order?.plotPosition ?? null,
    campaign: manifest.order?.campaign ?? null,
    main_vms: mainVmsOf(manifest),
    transmitted: match.transmitted,
    received: match.received,
    reordered_replies: match.reorderedReplies,
    achieved_rate_pps: match.sending?.ratePps ?? null,
    rtt_jitter_ns: match.rttJitterNs,
    clock_rate_low_ppm: match.clocks.senderVm?.ratePpm?.low ?? null,
    clock_rate_high_ppm: match.clocks.senderVm?.ratePpm?.high ?? null,
  };
}
