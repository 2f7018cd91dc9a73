import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { LabError } from "../../lib/errors.ts";
import { filesState } from "../results/files-state.ts";
import { manifestFile } from "../results/run-files.ts";

/** Name of the folder of derived data inside a results directory. */
export const derivedFolder = "dataset";

/** Runs below a results directory, by folder. */
export interface FoundRuns {
  /** From the results directory, in order. */
  runs: string[];
  /** Folders that the runner set aside because their run does not count ("invalid_…", "spoilt_…"). */
  setAside: string[];
}

const isAside = (name: string) => name.startsWith("invalid_") || name.startsWith("spoilt_");
const isUnfinished = (name: string) => name.includes(".tmp-") || name.startsWith(".");

/**
 * Finds every run below a directory, at any depth: a folder with a manifest.json. Folders that are being published,
 * and the derived data itself, are no runs.
 * @throws LabError (exit code 2) when there is no such directory
 */
export function findRuns(directory: string): FoundRuns {
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw new LabError(`${directory} is no directory; give one that holds runs, for example results`, { exitCode: 2 });
  const found: FoundRuns = { runs: [], setAside: [] };
  const visit = (folder: string) => {
    const entries = readdirSync(folder, { withFileTypes: true });
    if (entries.some((entry) => entry.isFile() && entry.name === manifestFile)) {
      found.runs.push(relative(directory, folder) || ".");
      return;
    }
    for (const entry of entries) {
      if (!entry.isDirectory() || isUnfinished(entry.name)) continue;
      if (isAside(entry.name)) found.setAside.push(relative(directory, join(folder, entry.name)));
      else if (folder !== directory || entry.name !== derivedFolder) visit(join(folder, entry.name));
    }
  };
  visit(directory);
  found.runs.sort();
  found.setAside.sort();
  return found;
}

/** The state of a run's files: names, sizes, times of change. */
export const runState = (folder: string): string =>
  filesState(folder, (path) => {
    const stat = statSync(path);
    return stat.isDirectory() ? undefined : [stat.size, stat.mtimeMs];
  });
