import { join } from "node:path";
import { isBucket, parseBucket } from "../../../cli/bucket/address.ts";
import { MeasuredRuns } from "../../../cli/campaign/measured.ts";
import { openBucket } from "../../../cli/campaign/store/open-runs.ts";

/**
 * The runs of a results directory or a bucket, as a machine of its own opens them.
 * @param machine a folder that is all that it keeps
 */
export async function runsAt(results: string, machine: string, say: (line: string) => void): Promise<MeasuredRuns> {
  const memoryFile = join(machine, "memory.json");
  if (!isBucket(results)) return new MeasuredRuns(results, { memoryFile });
  return openBucket(parseBucket("--results", results), { mirror: machine, isWritten: true, memoryFile, say });
}
