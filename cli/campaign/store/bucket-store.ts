import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../../lib/canonical.ts";
import { mapLimited } from "../../../lib/concurrent.ts";
import { LabError } from "../../../lib/errors.ts";
import { labDir } from "../../../lib/paths.ts";
import { publishFile, temporaryBeside } from "../../../lib/publish.ts";
import { findRuns } from "../../../measure/dataset/find-runs.ts";
import { isRefusal } from "../../../measure/results/refusal.ts";
import { manifestFile } from "../../../measure/results/run-files.ts";
import { type BucketPlace, bucketText, endpointUrl } from "../../bucket/address.ts";
import { campaignOfFile, isCopiedPart, partOfMachine } from "../journal.ts";
import { bringRun, fetchRun, type ObjectStore, objectsAtOnce, pathOfObject, runsBeginning } from "./bucket-run.ts";
import type { ResultsStore } from "./results-store.ts";

const journalsBeginning = "journals/";
/** Tells of which make a place in a bucket is. */
const layoutObject = "layout.json";
const layoutText = Buffer.from(`${JSON.stringify({ layout: 1 })}\n`);

/** The folder of this checkout for a place in a bucket: runs that were measured here, and what is known of others. */
export const mirrorOf = (place: BucketPlace): string =>
  join(labDir, "s3", `${place.bucket}-${sha256(`${endpointUrl() ?? ""} ${bucketText(place)}`).slice(0, 10)}`);

/** What a mirror calls itself in a bucket: made once, so that no two machines write a part of a journal. */
function nameOfMirror(mirror: string): string {
  const file = join(mirror, "name");
  mkdirSync(mirror, { recursive: true });
  if (!existsSync(file)) {
    const temporary = temporaryBeside(file);
    writeFileSync(temporary, randomBytes(6).toString("hex"));
    try {
      linkSync(temporary, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another process was faster
    } finally {
      rmSync(temporary);
    }
  }
  return readFileSync(file, "utf8");
}

const bytesAt = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;

/**
 * Fetches objects that are not in a directory in the size that they have. They are written once, or grow.
 * @param beginning what the objects' names begin with; the rest is their path in the directory
 * @param isWanted which of them
 * @returns all paths
 */
async function copyObjects(
  bucket: ObjectStore,
  beginning: string,
  directory: string,
  isWanted: (path: string) => boolean,
): Promise<Set<string>> {
  const listed = (await bucket.list(beginning))
    .map((object) => ({ object, path: pathOfObject(object.name.slice(beginning.length)) }))
    .filter(({ path }) => isWanted(path));
  const news = listed.filter(({ object, path }) => bytesAt(join(directory, path)) !== object.bytes);
  await mapLimited(news, objectsAtOnce, async ({ object, path }) =>
    publishFile(join(directory, path), await bucket.get(object)),
  );
  return new Set(listed.map(({ path }) => path));
}

/** Paths of the copies in a directory, but for those that are being written. */
const pathsBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".json"));

/** Files in a results directory that tell of refused runs, by their paths from it. */
const refusalsIn = (results: string): string[] =>
  readdirSync(results, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(join(results, name))
        .filter(isRefusal)
        .map((file) => join(name, file)),
    );

/** Results in a bucket, with a directory of this machine in which they are measured. */
export class BucketStore implements ResultsStore {
  /** Runs that were measured here or are needed here; whole, as in any results directory. */
  readonly results: string;
  readonly manifests: string;
  readonly #bucket: ObjectStore;
  readonly #name: string;
  readonly #say: (line: string) => void;
  /** Sizes of the parts of journals that were brought. */
  readonly #brought = new Map<string, number>();
  /** What was told of runs that cannot be brought. */
  readonly #told = new Set<string>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #bringing: Promise<void> = Promise.resolve();

  /** @param mirror a folder of this machine and this bucket, kept from one time to the next */
  constructor(bucket: ObjectStore, mirror: string, say: (line: string) => void) {
    this.#bucket = bucket;
    this.#name = nameOfMirror(mirror);
    this.#say = say;
    this.results = join(mirror, "results");
    this.manifests = join(mirror, "manifests");
    for (const directory of [this.results, this.manifests]) mkdirSync(directory, { recursive: true });
  }

  get address(): string {
    return this.#bucket.address;
  }

  /** @throws LabError where the store would let a second run take the place of the first, or the place has another layout */
  async requireWriteOnce(): Promise<void> {
    await this.#bucket.putNew(layoutObject, layoutText);
    if (await this.#bucket.putNew(layoutObject, layoutText))
      throw new LabError(
        `${this.address} cannot be used: the store writes over what is there although it is asked not to (PutObject with If-None-Match); ` +
          "use one that heeds that",
      );
    const there = await this.#bucket.get({ name: layoutObject, bytes: layoutText.length });
    if (!there.equals(layoutText))
      throw new LabError(
        `${this.address} cannot be used: its ${layoutObject} is not of this version: ${there.toString().trim()}; give another prefix`,
      );
  }

  async look(maxAgeMs: number): Promise<void> {
    const begun = performance.now();
    if (begun - this.#lookedAt <= maxAgeMs) return;
    const isOfOthers = (path: string) => isCopiedPart(path) && !path.includes(this.#name);
    await copyObjects(this.#bucket, journalsBeginning, this.results, isOfOthers);
    const before = pathsBelow(this.manifests);
    const there = await copyObjects(this.#bucket, runsBeginning, this.manifests, () => true);
    // What somebody has taken out of the bucket is not measured any more.
    for (const path of before) if (!there.has(path)) rmSync(join(this.manifests, path), { force: true });
    this.#lookedAt = begun;
  }

  bring(): Promise<void> {
    this.#bringing = this.#bringing.catch(() => {}).then(() => this.#bringAll());
    return this.#bringing;
  }

  async #bringAll(): Promise<void> {
    const { runs, setAside } = findRuns(this.results);
    for (const folder of [...runs, ...setAside])
      if (!existsSync(join(this.manifests, folder, manifestFile))) await this.#bringRun(folder);
    for (const path of refusalsIn(this.results))
      if (!existsSync(join(this.manifests, path))) await this.#bringFile(path);
    for (const file of readdirSync(this.results))
      if (campaignOfFile(file) !== undefined && !isCopiedPart(file)) await this.#bringJournal(file);
  }

  async #bringRun(folder: string): Promise<void> {
    if (!existsSync(join(this.results, folder, manifestFile))) return;
    const brought = await bringRun(this.#bucket, this.results, folder);
    if ("spoilt" in brought)
      return this.#tell(`${join(this.results, folder)} is not brought to ${this.address}: ${brought.spoilt}`);
    if (!brought.isOurs)
      this.#tell(
        `${folder} is in ${this.address} already, as another machine has measured it: that one counts, and the one of this machine stays in ${this.results}`,
      );
    await publishFile(join(this.manifests, folder, manifestFile), brought.manifest);
  }

  async #bringFile(path: string): Promise<void> {
    const data = readFileSync(join(this.results, path));
    await this.#bucket.putNew(`${runsBeginning}${path}`, data);
    await publishFile(join(this.manifests, path), data);
  }

  async #bringJournal(file: string): Promise<void> {
    const data = readFileSync(join(this.results, file));
    if (this.#brought.get(file) === data.length) return;
    await this.#bucket.put(`${journalsBeginning}${partOfMachine(file, this.#name)}`, data);
    this.#brought.set(file, data.length);
  }

  #tell(line: string): void {
    if (!this.#told.has(line)) this.#say(line);
    this.#told.add(line);
  }

  async fetch(folders: readonly string[]): Promise<void> {
    for (const folder of folders) {
      const manifest = join(folder, manifestFile);
      const bytes = bytesAt(join(this.manifests, manifest));
      if (bytes === undefined || existsSync(join(this.results, manifest))) continue;
      await fetchRun(this.#bucket, this.results, { name: `${runsBeginning}${manifest}`, bytes });
    }
  }
}

/** Fetches the parts of journals that are in a bucket, and no others. */
export const fetchJournals = (bucket: ObjectStore, directory: string): Promise<unknown> =>
  copyObjects(bucket, journalsBeginning, directory, isCopiedPart);
