import { z } from "zod";
import { LabError } from "../../lib/errors.ts";
import type { RunMatch } from "../probes/ping/matching/match-run.ts";
import { ping as pingProbe } from "../probes/ping/probe.ts";
import { type PingRecord, pingRecord } from "../probes/ping/record.ts";
import { derivePing } from "../probes/ping/summary.ts";
import type { Probe, ProbeFiles } from "../probes/probe.ts";
import { allProbes } from "../probes/registry.ts";
import type { Manifest, ProbeRecord } from "../results/manifest.ts";
import { filesInFolder, manifestFile, outputFile } from "../results/run-files.ts";
import { inspectRun, type RunState } from "../results/token.ts";
import { missingCaptures } from "../results/unavailable.ts";

/** One probe of a run: what the manifest says of it, and what its files say, derived anew. */
export interface MeasuredProbe {
  record: ProbeRecord;
  /** None of a probe that is not known here. */
  metrics: Probe["metrics"];
  /** What the metrics are found in. */
  derived: unknown;
}

/** A run that counts: what its manifest says, and its packets, derived anew from the raw files. */
export interface MeasuredRun {
  /** As it was given. */
  folder: string;
  manifest: Manifest;
  /** What that says of ping. */
  ping: PingRecord;
  manifestSha256: string;
  match: RunMatch;
  /** In the order in which they measured; ping is one of them. */
  probes: MeasuredProbe[];
}

type CountingRun = Exclude<RunState, { missing: string }>;

/** The files of a probe, of which the captures are those that the manifest names: an imported run may hold others, which saw nothing. */
function probeFiles<Parameters>(
  { manifest, files }: CountingRun,
  { id, folder, captures, sharedClock }: Pick<ProbeRecord, "id" | "folder" | "captures" | "sharedClock">,
  parameters: Parameters,
): ProbeFiles<Parameters> {
  const needed = new Set([outputFile(id), ...[captures.sender, captures.responder].flat().map(({ file }) => file)]);
  return {
    parameters,
    files: new Map([...filesInFolder(files, folder)].filter(([name]) => needed.has(name))),
    captures,
    missingCaptures: missingCaptures(manifest),
    ...(sharedClock && { sharedClock }),
  };
}

async function deriveAnew(run: CountingRun, record: ProbeRecord, probe: Probe): Promise<unknown> {
  const { data, error } = probe.parameters.safeParse(record.parameters);
  if (error)
    throw new LabError(
      `probe ${record.id}: its parameters in ${manifestFile} are ${JSON.stringify(record.parameters)}, not what it takes: ${z.prettifyError(error)}`,
    );
  return probe.derive(probeFiles(run, record, data));
}

/**
 * Reads a run and checks that it counts: its manifest is valid and every file has the recorded checksum.
 * @param probes those that are known
 * @returns why it does not count when it does not
 * @throws FormatError when a file that has its checksum cannot be read after all; LabError when a probe's parameters cannot
 */
export async function readRun(
  folder: string,
  probes: readonly Probe[] = allProbes,
): Promise<MeasuredRun | { missing: string }> {
  const state = inspectRun(folder);
  if ("missing" in state) return state;
  const { manifest, manifestSha256 } = state;
  const ping = pingRecord(manifest);
  const matched = await derivePing(probeFiles(state, ping, ping.parameters));
  const measured: MeasuredProbe[] = [];
  for (const record of manifest.probes) {
    const probe = probes.find(({ id }) => id === record.id);
    if (record.id === pingProbe.id) measured.push({ record, metrics: pingProbe.metrics, derived: matched });
    else if (probe === undefined) measured.push({ record, metrics: {}, derived: undefined });
    else measured.push({ record, metrics: probe.metrics, derived: await deriveAnew(state, record, probe) });
  }
  return { folder, manifest, ping, manifestSha256, match: matched.match, probes: measured };
}
