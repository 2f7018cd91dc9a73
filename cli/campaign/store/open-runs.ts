import { resolve } from "node:path";
import { LabError, messageOf } from "../../../lib/errors.ts";
import { checkout } from "../../../lib/paths.ts";
import { type BucketPlace, isBucket, parseBucket } from "../../bucket/address.ts";
import { progress } from "../../progress.ts";
import { tellReport } from "../../written-report.ts";
import { MeasuredRuns } from "../measured.ts";

interface OpenOptions {
  isSnapshot?: boolean;
  /** Whether runs are to be published there. */
  isWritten?: boolean;
}

interface OpenBucketOptions extends OpenOptions {
  /** A folder of this machine and this bucket; by default this checkout's. */
  mirror?: string;
  /** A file that remembers which runs count; by default this checkout's. */
  memoryFile?: string;
  say: (line: string) => void;
}

/** The runs of a bucket, as they are now. @throws LabError where it cannot be used */
export async function openBucket(
  place: BucketPlace,
  { mirror, isWritten = false, say, ...options }: OpenBucketOptions,
): Promise<MeasuredRuns> {
  // A client of S3 is several hundred modules, which nobody else waits for.
  const { Bucket } = await import("../../bucket/bucket.ts");
  const { BucketStore, mirrorOf } = await import("./bucket-store.ts");
  const store = new BucketStore(new Bucket(place), mirror ?? mirrorOf(place), say);
  if (isWritten) await store.requireWriteOnce();
  await store.look(0);
  return new MeasuredRuns(store.results, { ...options, store });
}

/**
 * The runs that `--results` names, as they are now.
 * @param results a directory, relative to the project, or s3://BUCKET/PREFIX
 * @throws LabError where a bucket cannot be used
 */
export async function openRuns(results: string, options: OpenOptions = {}): Promise<MeasuredRuns> {
  const { isSnapshot = false } = options;
  if (!isBucket(results)) return new MeasuredRuns(resolve(checkout, results), { isSnapshot });
  return openBucket(parseBucket("--results", results), { ...options, say: progress.say });
}

/** Brings all that is here and not in the store, before a command ends. @throws LabError where the store does not take it, with where it is */
export async function bringRest({ results, store }: MeasuredRuns): Promise<void> {
  await store.bring().catch((error: unknown) => {
    throw new LabError(
      `${messageOf(error)}. What was measured and is not in the bucket is in ${results}; the same command brings it`,
      { cause: error },
    );
  });
}

/**
 * Brings the results of a campaign where they belong, tells where that is, and writes their report where all of them are here.
 * @throws LabError where a store does not take them
 */
export async function settleResults(runs: MeasuredRuns): Promise<void> {
  await bringRest(runs);
  const { results, store } = runs;
  progress.say(`results are in ${store.address ?? results}`);
  if (store.address === undefined) await tellReport(results, progress);
  else progress.say(`to analyse them: ./lab campaign fetch ${store.address} DIRECTORY, then ./lab report DIRECTORY`);
}
