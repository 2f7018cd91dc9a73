import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { sha256 } from "../../lib/canonical.ts";
import type { Role } from "../../lib/roles.ts";

/* The files in a run's folder. docs/dataset.md describes them. */

export const manifestFile = "manifest.json";
/** What a probe printed, and what it said on stderr when that was anything. */
export const outputFile = (probe: string) => `${probe}.txt`;
export const errorsFile = (probe: string) => `${probe}.err`;
/** What somebody wrote about a run that was made by hand. */
export const factsFile = "facts.txt";
/** CPU usage of a server. */
export const cpuFile = (role: Role) => `mpstat-${role}.json`;
/** What the captures at a point are called: one, or where each packet is captured twice, both. */
export const captureNames = <Point extends string>(point: Point) => [point, `${point}-second`] as const;
/** What a capture saw, e.g. that of "sender.nic". */
export const captureFile = (point: `${Role}.${string}`) => `${point.replace(".", "-")}.pcap`;

/**
 * Where something of a run goes that does not take the run's own place: beside it, never over anything.
 * @param at time by which it is told from others, ISO 8601
 */
export const besideRun = (folder: string, why: string, at: string): string =>
  join(dirname(folder), `${why}_${basename(folder)}_${at.replaceAll(/[:.]/g, "-")}`);

/** The files of one probe by their names in its folder, out of a run's by theirs. */
export function filesInFolder(files: ReadonlyMap<string, Buffer>, folder: string): Map<string, Buffer> {
  const prefix = folder === "" ? "" : `${folder}/`;
  return new Map(
    [...files].flatMap(([name, data]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), data] as const] : [])),
  );
}

/** The other way round: names from the run's folder. */
export const inFolder = (files: ReadonlyMap<string, Buffer>, folder: string): Map<string, Buffer> =>
  new Map([...files].map(([name, data]) => [join(folder, name), data]));

/** What a manifest says of each of a run's files. */
export const checksumsOf = (files: ReadonlyMap<string, Buffer>): Record<string, { sha256: string; bytes: number }> =>
  Object.fromEntries([...files].map(([name, data]) => [name, { sha256: sha256(data), bytes: data.length }]));

/** Writes a run's files into its folder, which is there, and makes the folders of its probes. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  for (const [name, data] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), data);
  }
}
