import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../../lib/canonical.ts";
import { mapLimited } from "../../../lib/concurrent.ts";
import { LabError } from "../../../lib/errors.ts";
import { publishFile, publishFolder } from "../../../lib/publish.ts";
import type { Manifest } from "../../../measure/results/manifest.ts";
import { manifestOf } from "../../../measure/results/read-manifest.ts";
import { manifestFile, writeFiles } from "../../../measure/results/run-files.ts";
import { wholeFiles } from "../../../measure/results/token.ts";
import type { Bucket, ListedObject } from "../../bucket/bucket.ts";

/*
 * A run in a bucket: its manifest under its folder's name, written last and once; its files under their hashes. So what a killed machine has
 * brought of a run is in nobody's way, and two machines that have measured the same run spoil nothing of each other.
 */

/** What is asked of a bucket. */
export type ObjectStore = Pick<Bucket, "address" | "list" | "get" | "put" | "putNew">;

/** What names of objects begin with that are called as in a results directory: manifests, and what lies beside runs. */
export const runsBeginning = "runs/";
const fileObject = (hash: string) => `files/${hash}`;
/** How many objects are sent or fetched side by side. */
export const objectsAtOnce = 8;

/** The path below a directory that an object's name tells. @throws LabError where it leads elsewhere: who writes a bucket must not write here */
export function pathOfObject(name: string): string {
  const isPlain = name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (!isPlain || name.includes("\0"))
    throw new LabError(
      `${JSON.stringify(name)} in the bucket is no name of a file in a results directory; remove it there`,
    );
  return name;
}

/** What became of a run that was to be brought to a bucket: its manifest as the bucket has it now, or why it was not brought. */
type BroughtRun = { manifest: Buffer; isOurs: boolean } | { spoilt: string };

/** Brings a run to a bucket, its manifest last. One that is there stays. @throws LabError with what the store says */
export async function bringRun(bucket: ObjectStore, results: string, folder: string): Promise<BroughtRun> {
  const text = readFileSync(join(results, folder, manifestFile));
  const manifest = manifestOf(text.toString());
  if (manifest === undefined) return { spoilt: `${manifestFile} is not a manifest` };
  const found = wholeFiles(join(results, folder), manifest);
  if ("missing" in found) return { spoilt: found.missing };
  await mapLimited([...found.files.values()], objectsAtOnce, (data) => bucket.putNew(fileObject(sha256(data)), data));
  const name = `${runsBeginning}${folder}/${manifestFile}`;
  if (await bucket.putNew(name, text)) return { manifest: text, isOurs: true };
  const there = await bucket.get({ name, bytes: text.length });
  return { manifest: there, isOurs: there.equals(text) };
}

/** Fetches what lies beside runs, where it is not there. @throws LabError with what the store says */
export async function copyBeside(bucket: ObjectStore, results: string, listed: ListedObject): Promise<void> {
  const path = join(results, pathOfObject(listed.name.slice(runsBeginning.length)));
  if (!existsSync(path)) await publishFile(path, await bucket.get(listed));
}

/** A file of a run. @throws LabError where it is not what the manifest says */
async function fileOf(bucket: ObjectStore, where: string, recorded: Manifest["files"][string]): Promise<Buffer> {
  const object = { name: fileObject(recorded.sha256), bytes: recorded.bytes };
  const data = await bucket.get(object);
  if (data.length !== recorded.bytes || sha256(data) !== recorded.sha256)
    throw new LabError(
      `${where}: ${object.name} in ${bucket.address} is not what its manifest says: ${data.length} of ${recorded.bytes} bytes, or others`,
    );
  return data;
}

/**
 * Fetches a run whole, each file held against its manifest. One that is there and whole is left as it is.
 * @param results a directory
 * @param listed its manifest
 * @returns bytes that were fetched; undefined where it was there
 * @throws LabError with what the store says, or where another run is in its place, or the same and spoilt
 */
export async function fetchRun(
  bucket: ObjectStore,
  results: string,
  listed: ListedObject,
): Promise<number | undefined> {
  const name = pathOfObject(listed.name.slice(runsBeginning.length));
  const folder = name.slice(0, -`/${manifestFile}`.length);
  const path = join(results, folder);
  const text = await bucket.get(listed);
  const manifest = manifestOf(text.toString());
  if (manifest === undefined) throw new LabError(`${name} in ${bucket.address} is not a manifest`);
  if (existsSync(join(path, manifestFile))) {
    if (!readFileSync(join(path, manifestFile)).equals(text))
      throw new LabError(`${path} is another run than the one in ${bucket.address}; fetch into another directory`);
    const found = wholeFiles(path, manifest);
    if ("missing" in found) throw new LabError(`${path}: ${found.missing}; move it away, and fetch again`);
    return undefined;
  }
  const files = new Map<string, Buffer>();
  await mapLimited(Object.entries(manifest.files), objectsAtOnce, async ([file, recorded]) => {
    files.set(pathOfObject(file), await fileOf(bucket, folder, recorded));
  });
  await publishFolder(path, async (temporary) => writeFiles(temporary, new Map([...files, [manifestFile, text]])));
  return [...files.values()].reduce((sum, data) => sum + data.length, text.length);
}
