import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import {
  type CpuMetric,
  cpuMetrics,
  type PacketMetric,
  packetMetrics,
  type TimeMetric,
} from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";
import { missingWords } from "../../study/missing.ts";
import { usableValues } from "../matching/packet-record.ts";
import { factsFile } from "../results/run-files.ts";
import type { Factors } from "../results/scenario.ts";
import { quantileOfSorted } from "../statistics/quantiles.ts";
import { cpuColumnNames, snakeCase } from "./columns.ts";
import type { MeasuredRun } from "./read-run.ts";

/** A cell of a table. */
export type Cell = string | number | boolean | null;
export type Row = Record<string, Cell>;

const quantiles = { median: 0.5, p05: 0.05, p25: 0.25, p75: 0.75, p95: 0.95, min: 0, max: 1 } as const;

/** The factors of a run as columns. */
function factorCells(directory: string, { manifest }: Pick<MeasuredRun, "manifest">): Row {
  const { scenario, fidelity, replicate, run } = manifest;
  const factors: Factors = scenario.factors;
  return {
    run_directory: directory,
    scenario: scenario.name,
    scenario_sha256: manifest.scenarioSha256,
    fidelity,
    sender_driver: factors.mainDriver.sender,
    responder_driver: factors.mainDriver.responder,
    background_vms: factors.background?.vms ?? 0,
    background_driver: factors.background?.driver ?? null,
    background_memory_mib: factors.background?.memoryMiB ?? null,
    background_vcpus: factors.background?.vcpus ?? null,
    background_vlan: factors.vlan?.background ?? 0,
    load_type: factors.load?.type ?? null,
    load_location: factors.load?.location ?? null,
    load_cpu_percent: factors.load?.percent ?? null,
    load_mbps: factors.load?.mbps ?? null,
    load_packet_bytes: factors.load?.packetBytes ?? null,
    load_burst_packets: factors.load?.burstPackets ?? null,
    ping_rate_pps: factors.pingRatePps,
    packets: factors.packets,
    frame_bytes: factors.frameBytes,
    neighbour: factors.neighbour,
    cpu_window_seconds: factors.cpuWindowSeconds,
    guest_memory_mib: factors.guest.memoryMiB,
    guest_vcpus: factors.guest.vcpus,
    main_vlan: factors.vlan?.main ?? 0,
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
function cpuBefore({ before, beforeSamples, duringSamples }: MeasuredRun["manifest"]["cpu"]["sender"]): number | null {
  return beforeSamples[0] === duringSamples[0] && beforeSamples[1] === duringSamples[1] ? null : before;
}

const cpuCells = ({ manifest }: MeasuredRun, metric: CpuMetric): Row => {
  const usage = manifest.cpu[metrics[metric].server];
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
