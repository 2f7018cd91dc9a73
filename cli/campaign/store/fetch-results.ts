import { mkdir } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { tryEach } from "../../../lib/concurrent.ts";
import { counted } from "../../../lib/counted.ts";
import { LabError } from "../../../lib/errors.ts";
import { manifestFile } from "../../../measure/results/run-files.ts";
import { parseBucket } from "../../bucket/address.ts";
import { Bucket } from "../../bucket/bucket.ts";
import { progress } from "../../progress.ts";
import { copyBeside, fetchRun, runsBeginning } from "./bucket-run.ts";
import { fetchJournals } from "./bucket-store.ts";

/** How many runs are fetched side by side; each has several files. */
const runsAtOnce = 4;

/**
 * `./lab campaign fetch`: brings all that is in a bucket into a directory, each run whole or not at all. What is there already is held
 * against the bucket and left as it is, so to go on is to run the same again.
 * @throws LabError with what could not be fetched, or is another one there; exit code 2 where the bucket's address is none
 */
export async function fetchResults(address: string, directory: string): Promise<void> {
  const bucket = new Bucket(parseBucket("campaign fetch", address));
  const results = resolve(directory);
  await mkdir(results, { recursive: true });
  await fetchJournals(bucket, results);
  const objects = await bucket.list(runsBeginning);
  let [runs, there, bytes] = [0, 0, 0];
  try {
    await tryEach(objects, runsAtOnce, async (object) => {
      if (basename(object.name) !== manifestFile) return copyBeside(bucket, results, object);
      const fetched = await fetchRun(bucket, results, object);
      if (fetched === undefined) there += 1;
      else runs += 1;
      bytes += fetched ?? 0;
    });
  } finally {
    progress.say(
      `${counted(runs, "run")} fetched into ${results}, ${(bytes / 1e6).toFixed(1)} MB${there > 0 ? `; ${there} were there, and are the same` : ""}`,
    );
  }
  if (objects.length === 0) throw new LabError(`${bucket.address} has no runs; see to the bucket's name and prefix`);
}
