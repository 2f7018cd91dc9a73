import { matchFiles, pingFile } from "../probes/ping/match-files.ts";
import type { RunMatch } from "../probes/ping/matching/match-run.ts";
import { type PingRecord, pingRecord } from "../probes/ping/record.ts";
import type { Manifest } from "../results/manifest.ts";
import { filesInFolder } from "../results/run-files.ts";
import { inspectRun } from "../results/token.ts";
import { missingCaptures } from "../results/unavailable.ts";

/** A run that counts: what its manifest says, and its packets, derived anew from the raw files. */
export interface MeasuredRun {
  /** As it was given. */
  folder: string;
  manifest: Manifest;
  /** What that says of ping. */
  ping: PingRecord;
  manifestSha256: string;
  match: RunMatch;
}

/**
 * Reads a run and checks that it counts: its manifest is valid and every file has the recorded checksum.
 * @returns why it does not count when it does not
 * @throws FormatError when a file that has its checksum cannot be read after all
 */
export async function readRun(folder: string): Promise<MeasuredRun | { missing: string }> {
  const state = inspectRun(folder);
  if ("missing" in state) return state;
  const { manifest, manifestSha256, files } = state;
  const ping = pingRecord(manifest);
  const { folder: inside, captures, parameters, sharedClock } = ping;
  // An imported run may hold captures that saw nothing of ping; the manifest names those that count.
  const captured = [captures.sender, captures.responder].flat().map(({ file }) => file);
  const needed = new Set([pingFile, ...captured]);
  const used = new Map([...filesInFolder(files, inside)].filter(([name]) => needed.has(name)));
  const { match } = await matchFiles(used, parameters.pingId, missingCaptures(manifest), sharedClock?.stamps);
  return { folder, manifest, ping, manifestSha256, match };
}
