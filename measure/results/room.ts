import type { StatsFs } from "node:fs";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError, messageOf } from "../../lib/errors.ts";
import { temporaryBeside } from "../../lib/publish.ts";

/** Results cannot be kept: there is no room for them, or their directory takes nothing. To measure on would measure for nothing. */
export class NoRoomError extends LabError {}

const inMegabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** A directory as its file system has it, which takes a file. */
async function takenBy(directory: string): Promise<StatsFs> {
  await mkdir(directory, { recursive: true });
  const tried = temporaryBeside(join(directory, "room"));
  await writeFile(tried, "room").finally(() => rm(tried, { force: true }));
  return statfs(directory);
}

/**
 * Makes a results directory where there is none.
 * @param bytes that what is to be measured may need there
 * @throws NoRoomError when it has not so much room, cannot be made, or takes no file
 */
export async function requireRoom(directory: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await takenBy(directory).catch((error: unknown) => {
    throw new NoRoomError(
      `no results can be kept in ${directory}: ${messageOf(error)}; see to that, or give another directory`,
    );
  });
  const free = bavail * bsize;
  if (free < bytes)
    throw new NoRoomError(
      `${directory} has room for ${inMegabytes(free)}, and what is to be measured may need ${inMegabytes(bytes)}; make room there, or give another directory, and run the same again: what is measured stays`,
    );
}

/** What the file system says of a folder that takes nothing more. */
const full = new Set(["ENOSPC", "EDQUOT", "EROFS", "EFBIG", "EACCES", "EPERM"]);

/** An error of publishing a run's folder, as one that tells what to do where nothing can be kept there. */
export const publishError = (folder: string, error: unknown): unknown =>
  full.has(String((error as NodeJS.ErrnoException).code))
    ? new NoRoomError(
        `${folder} cannot be kept: ${messageOf(error)}; nothing of it is there. Make room, and run the same again: what is measured stays`,
        { cause: error },
      )
    : error;
