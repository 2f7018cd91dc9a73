import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import type { Cell } from "../../study/factor.ts";
import { factorCellsOf } from "../../study/factor-columns.ts";
import { factorTable } from "../../study/factors.ts";
import {
  type CpuMetric,
  cpuMetrics,
  type PacketMetric,
  packetMetrics,
  type TimeMetric,
} from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";
import { missingWords } from "../../study/missing.ts";
import { usableValues } from "../probes/ping/matching/packet-record.ts";
import type { PingRecord } from "../probes/ping/record.ts";
import { factsFile } from "../results/run-files.ts";
import { quantileOfSorted } from "../statistics/quantiles.ts";
import { cpuColumnNames, snakeCase } from "./columns.ts";
import type { MeasuredRun } from "./read-run.ts";

export type Row = Record<string, Cell>;

const quantiles = { median: 0.5, p05: 0.05, p25: 0.25, p75: 0.75, p95: 0.95, min: 0, max: 1 } as const;

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

const isTime = (metric: PacketMetric): metric is TimeMetric => metrics[metric].kind === "time";

/** The time whose absence is why a metric is absent: of a share, the part. */
const timeOf = (metric: PacketMetric): TimeMetric => (isTime(metric) ? metric : metrics[metric].part);

/** Values of a metric that may be used, in nanoseconds, or of a share in parts of the whole. */
function valuesOf({ packets }: MeasuredRun["match"], metric: PacketMetric): number[] {
  if (isTime(metric)) return usableValues(packets, metric);
  const { part, whole } = metrics[metric];
  return packets.flatMap(({ values, flags }) => {
    const [ofPart, ofWhole] = [values[part], values[whole]];
    const isFlagged = flags[part] !== undefined || flags[whole] !== undefined;
    return ofPart === null || ofWhole === null || isFlagged ? [] : [ofPart / ofWhole];
  });
}

function summaryCells({ match }: MeasuredRun, metric: PacketMetric): Row {
  const name = snakeCase(metric);
  const sorted = Float64Array.from(valuesOf(match, metric)).sort();
  const missing = match.unavailable[timeOf(metric)];
  const why = missing === undefined ? "no packet has a value that may be used" : missingWords(missing);
  const cells: Row = { [`${name}_n`]: sorted.length, [`${name}_reason`]: sorted.length > 0 ? null : why };
  for (const [field, p] of Object.entries(quantiles))
    cells[`${name}_${field}`] = sorted.length === 0 ? null : quantileOfSorted(sorted, p);
  return cells;
}

/** The usage before ping; null where mpstat's two windows are one and the same, as in imported runs. */
function cpuBefore({ before, beforeSamples, duringSamples }: PingRecord["cpu"]["sender"]): number | null {
  return beforeSamples[0] === duringSamples[0] && beforeSamples[1] === duringSamples[1] ? null : before;
}

const cpuCells = ({ ping }: MeasuredRun, metric: CpuMetric): Row => {
  const usage = ping.cpu[metrics[metric].server];
  const { during, before } = cpuColumnNames(metric);
  return { [during]: usage.during, [before]: cpuBefore(usage) };
};

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

/** A run's row of the table of runs. CPU usage is the manifest's; all else is from the raw files. */
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
    campaign: manifest.order?.campaign ?? null,
    transmitted: match.transmitted,
    received: match.received,
    reordered_replies: match.reorderedReplies,
    achieved_rate_pps: match.sending?.ratePps ?? null,
    rtt_jitter_ns: match.rttJitterNs,
    clock_rate_low_ppm: match.clocks.senderVm?.ratePpm?.low ?? null,
    clock_rate_high_ppm: match.clocks.senderVm?.ratePpm?.high ?? null,
    ...Object.assign({}, ...cpuMetrics.map((metric) => cpuCells(run, metric))),
    ...Object.assign({}, ...packetMetrics.map((metric) => summaryCells(run, metric))),
  };
}
