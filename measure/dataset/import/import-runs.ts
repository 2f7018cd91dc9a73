import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../../lib/errors.ts";
import { publishFolder } from "../../../lib/publish.ts";
import { drivers } from "../../../study/drivers.ts";
import { pingFile } from "../../probes/ping/match-files.ts";
import type { Manifest } from "../../results/manifest.ts";
import { manifestFile, writeFiles } from "../../results/run-files.ts";
import { runFolder } from "../../results/token.ts";
import { filesOfHandRun, manifestOfHandRun } from "./hand-run.ts";

export interface ImportOptions {
  fidelity: Manifest["fidelity"];
  /** Ping frequency of runs without a facts.txt that tells it. */
  ratePps?: number;
}

/** What an import did. */
export interface ImportReport {
  /** Folders that were made. */
  imported: string[];
  /** Folders that were there before: they were left alone. */
  there: string[];
}

async function readFolder(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  return new Map(await Promise.all(names.map(async ({ name }) => [name, await readFile(join(folder, name))] as const)));
}

async function runsBelow(from: string): Promise<{ driver: string; run: number; folder: string }[]> {
  const found: { driver: string; run: number; folder: string }[] = [];
  for (const driver of (await readdir(from)).sort()) {
    if (!(await stat(join(from, driver))).isDirectory()) continue;
    for (const name of (await readdir(join(from, driver))).sort()) {
      const run = /^run-(\d+)$/.exec(name)?.[1];
      if (run !== undefined) found.push({ driver, run: Number(run), folder: join(from, driver, name) });
    }
  }
  return found;
}

/** The folder's name is the driver that a run is recorded with, and comparisons go by it. */
function refuseUnknownDrivers(from: string, runs: readonly { driver: string }[]): void {
  const unknown = [...new Set(runs.map(({ driver }) => driver))].filter(
    (name) => !drivers.some((driver) => driver === name),
  );
  if (unknown.length > 0)
    throw new LabError(
      `${from}: no driver is called ${unknown.map((name) => `"${name}"`).join(", ")}; name each folder by the driver of its runs: ${drivers.join(", ")}`,
      { exitCode: 2 },
    );
}

/**
 * Makes a results directory from runs that were made by hand, in DRIVER/run-N/ each: copies of their files, and the
 * manifest that the runner would have written. Nothing that is there is overwritten.
 * @throws LabError when there are no such runs, when a folder is named by no driver (both exit code 2), or when one does not count: then it says why
 */
export async function importRuns(from: string, into: string, options: ImportOptions): Promise<ImportReport> {
  if (!existsSync(from)) throw new LabError(`there is no ${from}`, { exitCode: 2 });
  const runs = await runsBelow(from);
  if (runs.length === 0) throw new LabError(`${from} holds no runs: they are folders DRIVER/run-N`, { exitCode: 2 });
  refuseUnknownDrivers(from, runs);
  const report: ImportReport = { imported: [], there: [] };
  for (const { driver, run, folder } of runs) {
    const files = await readFolder(folder);
    const written = (await stat(join(folder, pingFile)).catch(() => undefined))?.mtime ?? new Date(0);
    const manifest = await manifestOfHandRun({ driver, run, files, written, ...options }).catch(
      (error: unknown): never => {
        if (!(error instanceof LabError)) throw error;
        throw new LabError(`${folder}: ${error.message}`, { exitCode: error.exitCode, cause: error });
      },
    );
    if (manifest.status !== "valid")
      throw new LabError(`${folder}: this run does not count: ${manifest.problems.join("; ")}`);
    const target = join(into, runFolder(manifest.scenario, 1, run));
    const made =
      !existsSync(target) &&
      (await publishFolder(target, async (temporary) => {
        await writeFiles(temporary, filesOfHandRun(files));
        await writeFile(join(temporary, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
      }));
    report[made ? "imported" : "there"].push(target);
  }
  return report;
}
