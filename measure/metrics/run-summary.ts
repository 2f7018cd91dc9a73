import { FormatError } from "../../lib/format-error.ts";
import { type Role, roles } from "../../lib/roles.ts";
import { byPublishedName } from "../../study/metric-lists.ts";
import { missingWords } from "../../study/missing.ts";
import { averageLoad, parseMpstat } from "../parsers/mpstat.ts";
import { type MatchedFiles, matchFiles } from "../probes/ping/match-files.ts";
import { usableValues } from "../probes/ping/matching/packet-record.ts";
import type { CaptureRecord, Manifest, MetricSummary } from "../results/manifest.ts";
import { cpuFile } from "../results/run-files.ts";
import type { MissingCaptures } from "../results/unavailable.ts";
import { quantileOfSorted } from "../statistics/quantiles.ts";

/** What a summary is made from. */
export interface RunFiles {
  files: ReadonlyMap<string, Buffer>;
  captures: Record<Role, CaptureRecord[]>;
  windows: { before: [number, number]; during: [number, number] };
  requestedPackets: number;
  requestedRatePps: number;
  pingId: number;
  pingSeconds: number;
  /** Why a server has no captures. */
  reasons: MissingCaptures;
}

/** The derived part of a manifest. */
export type ManifestSummary = Pick<
  Manifest,
  "problems" | "ping" | "neighbourFrames" | "flagged" | "cpu" | "clockRateErrorPpm" | "metrics"
>;

/** Median and percentiles (Hyndman-Fan type 7) of nanoseconds, in milliseconds. */
export function metricOf(values: readonly number[], unavailable: string | undefined): MetricSummary {
  if (unavailable !== undefined) return { unavailable };
  if (values.length === 0) return { unavailable: "no packet has a value that may be used" };
  const sorted = Float64Array.from(values, (ns) => ns / 1e6).sort();
  const at = (p: number) => quantileOfSorted(sorted, p);
  return { n: sorted.length, median: at(0.5), p05: at(0.05), p95: at(0.95), min: at(0), max: at(1) };
}

function problemsOf({ ping, match, captures }: MatchedFiles, run: RunFiles): string[] {
  const problems: string[] = [];
  if (ping.statistics.transmitted !== run.requestedPackets)
    problems.push(`ping sent ${ping.statistics.transmitted} of ${run.requestedPackets} requests`);
  if (match.received === 0) problems.push("no request was answered");
  for (const role of roles)
    for (const { interface: name, droppedByKernel } of run.captures[role])
      if (droppedByKernel > 0) problems.push(`${role}: the capture at ${name} dropped ${droppedByKernel} packets`);
  for (const [point, summary] of Object.entries(captures)) {
    for (const { message } of summary.problems) problems.push(`${point}: ${message}`);
    if (summary.requests === 0) problems.push(`${point}: none of ping's requests is in the capture`);
  }
  return problems;
}

function cpuOf(run: RunFiles, role: Role): Manifest["cpu"][Role] {
  const name = cpuFile(role);
  const { samples } = parseMpstat((run.files.get(name) ?? Buffer.alloc(0)).toString(), name);
  const usage = ([from, to]: [number, number]) => {
    if (to > samples.length)
      throw new FormatError({ source: name, offset: 0 }, `${samples.length} samples, ${to} are needed`);
    return averageLoad(samples, from, to).cpuUsage;
  };
  const { before, during } = run.windows;
  return { before: usage(before), during: usage(during), beforeSamples: before, duringSamples: during };
}

/**
 * Everything that a run's manifest says of its raw files: metrics, CPU usage, what was flagged, and why the run does
 * not count if it does not.
 * @throws FormatError when a file is damaged
 */
export async function summariseRun(run: RunFiles): Promise<ManifestSummary> {
  const matched = await matchFiles(run.files, run.pingId, run.reasons);
  const { match, captures } = matched;
  const rate = match.clocks.senderVm?.ratePpm;
  return {
    problems: problemsOf(matched, run),
    ping: {
      requestedRatePps: run.requestedRatePps,
      achievedRatePps: match.sending && Number.isFinite(match.sending.ratePps) ? match.sending.ratePps : null,
      transmitted: match.transmitted,
      received: match.received,
      duplicates: match.duplicates,
      maxInFlight: match.sending?.mostInFlight ?? null,
      seconds: run.pingSeconds,
    },
    neighbourFrames: Object.values(captures).reduce((sum, { arp }) => sum + arp, 0),
    flagged: Object.fromEntries(Object.entries(match.flagged).filter(([, count]) => count > 0)),
    cpu: { sender: cpuOf(run, "sender"), responder: cpuOf(run, "responder") },
    clockRateErrorPpm: rate ? { low: rate.low, high: rate.high } : null,
    metrics: byPublishedName((metric) => {
      const missing = match.unavailable[metric];
      return metricOf(usableValues(match.packets, metric), missing && missingWords(missing));
    }),
  };
}
