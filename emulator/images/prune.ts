import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

const patienceMs = 14 * 24 * 3600 * 1000;

/** Remembers that an image is in use: its folder's modification time is the time of its last use. */
export async function markUsed(folder: string): Promise<void> {
  const now = new Date();
  await utimes(folder, now, now);
}

/**
 * Removes what is in `parent` and is not named in `keep` when it has not been used for two weeks: images of earlier
 * recipes, which other checkouts may still use, and what a killed build has left. A server that runs from an image
 * keeps its files open and is not disturbed.
 */
export async function pruneImages(parent: string, keep: string[], now = Date.now()): Promise<void> {
  for (const name of await readdir(parent)) {
    if (keep.includes(name)) continue;
    const path = join(parent, name);
    const { mtimeMs } = await stat(path);
    if (now - mtimeMs > patienceMs) await rm(path, { recursive: true, force: true });
  }
}
