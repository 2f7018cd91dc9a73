import { join } from "node:path";
import { MeasuredRuns } from "../../../cli/campaign/measured.ts";
import { isBucket, parseBucket } from "../../../cli/campaign/store/address.ts";
import { Bucket } from "../../../cli/campaign/store/bucket.ts";
import { BucketStore } from "../../../cli/campaign/store/bucket-store.ts";

/**
 * The runs of a results directory or a bucket, as a machine of its own opens them.
 * @param machine a folder that is all that it keeps
 */
export async function runsAt(results: string, machine: string, say: (line: string) => void): Promise<MeasuredRuns> {
  const memoryFile = join(machine, "memory.json");
  if (!isBucket(results)) return new MeasuredRuns(results, { memoryFile });
  const store = new BucketStore(new Bucket(parseBucket("--results", results)), machine, say);
  await store.requireWriteOnce();
  await store.look(0);
  return new MeasuredRuns(store.results, { memoryFile, store });
}
