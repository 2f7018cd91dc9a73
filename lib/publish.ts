import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncTree(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) await syncTree(child);
    else if (entry.isFile()) await syncPath(child);
  }
  await syncPath(path);
}

/** A name beside `path` that nobody else uses, on the same file system, so that a rename to `path` is atomic. */
export function temporaryBeside(path: string): string {
  return `${path}.tmp-${process.pid}-${randomBytes(4).toString("hex")}`;
}

/** Writes a file so that a reader sees the whole of it or nothing: write, fsync, rename, fsync of the folder. */
export async function publishFile(path: string, data: string | Uint8Array, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryBeside(path);
  try {
    await writeFile(temporary, data, { mode });
    await syncPath(temporary);
    await rename(temporary, path);
    await syncPath(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Makes a folder so that it is there as a whole or not at all: `fill` gets an empty folder beside `path`, which is
 * synced and renamed once `fill` has succeeded. When somebody else published the same path meanwhile, theirs stays.
 * @returns true when this call published, false when `path` was there before the rename.
 */
export async function publishFolder(path: string, fill: (folder: string) => Promise<void>): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryBeside(path);
  await mkdir(temporary);
  try {
    await fill(temporary);
    await syncTree(temporary);
    if (existsSync(path)) return false;
    await rename(temporary, path);
    await syncPath(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTEMPTY" && existsSync(path)) return false;
    throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
