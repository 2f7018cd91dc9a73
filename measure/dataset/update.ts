import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { sha256 } from "../../lib/canonical.ts";
import { LabError, messageOf } from "../../lib/errors.ts";
import { waitingFor, withLock } from "../../lib/lock.ts";
import type { Probe } from "../probes/probe.ts";
import { allProbes } from "../probes/registry.ts";
import { schemaVersion, type TableName, tableNames, tables } from "./columns.ts";
import { type Connect, literalPath, quoted, withDatabase } from "./database.ts";
import { derivedFolder, findRuns, runState } from "./find-runs.ts";
import { PartWriter } from "./part-writer.ts";
import { readRun } from "./read-run.ts";
import { runRow } from "./run-row.ts";
import { metricsKey, summaryRows } from "./summary-rows.ts";

export interface UpdateOptions {
  /** Derive all of it anew. */
  rebuild?: boolean;
  /** Tells what is being done. */
  say?: (line: string) => void;
  /** Those that are known. */
  probes?: readonly Probe[];
  /** Where the tables are kept, by default in the results directory: for one that must not be written to. */
  tablesIn?: string;
}

/** Folder of each table. */
export type Tables = Record<TableName, string>;

/** What an update found and did. */
export interface UpdateReport {
  tables: Tables;
  /** Runs that are in the dataset now. */
  runs: number;
  /** Of these, runs that were derived by this update; the others were there. */
  derived: number;
  /** Parts that were removed because a run of theirs changed or went. */
  removedParts: string[];
  /** Folders with a manifest that are not in the dataset, and why. */
  leftOut: { folder: string; why: string }[];
  /** Folders that the runner set aside. */
  setAside: string[];
}

/** Runs in one part at most: bounds the memory that an update takes. */
const mostRunsInPart = 500;

const byTable = (give: (table: TableName) => string) =>
  Object.fromEntries(tableNames.map((table) => [table, give(table)])) as Tables;

/** The tables of a results directory: folders of parts, a file each for the same runs. @param folder that holds them */
export const tablePaths = (directory: string, folder = join(directory, derivedFolder)): Tables =>
  byTable((table) => join(folder, `${table}.parquet`));

/** The columns of all tables as one text: a factor that is added makes a new one. */
const columnsText = JSON.stringify(tableNames.map((table) => tables[table].map(({ name, type }) => [name, type])));

/** How the names of parts begin that have today's columns, and a row for each metric of these probes. */
const partPrefix = (probes: readonly Probe[]) =>
  `v${schemaVersion}-${sha256(`${metricsKey(probes)}\n${columnsText}`).slice(0, 8)}-`;

/** The files of a table as a literal of SQL. */
export const partFiles = (table: string) => quoted(join(literalPath(table), "*.parquet"));

/** Which runs a part holds, with the state of their files; only of parts that all tables have. */
async function readParts(
  connection: DuckDBConnection,
  { runs, ...others }: Tables,
  prefix: string,
): Promise<Map<string, Map<string, string>>> {
  const parts = new Map<string, Map<string, string>>();
  const names = (await readdir(runs)).filter((name) => name.startsWith(prefix) && name.endsWith(".parquet"));
  const current = names.filter((name) => Object.values(others).every((table) => existsSync(join(table, name))));
  for (const name of current) parts.set(name, new Map());
  if (current.length === 0) return parts;
  const files = current.map((name) => quoted(literalPath(join(runs, name)))).join(", ");
  const reader = await connection.runAndReadAll(
    `SELECT parse_filename(filename), run_directory, files_state FROM read_parquet([${files}], filename = true)`,
  );
  for (const [name, folder, state] of reader.getRowsJS()) parts.get(String(name))?.set(String(folder), String(state));
  return parts;
}

/** Removes every file of the tables that is not among the parts to keep: stale ones, and what a killed update left. */
async function removeOthers(tables: Tables, keep: ReadonlySet<string>): Promise<string[]> {
  const removed = new Set<string>();
  // The runs go first: without them the others do not count.
  for (const table of Object.values(tables).reverse())
    for (const name of await readdir(table)) {
      if (keep.has(name)) continue;
      await rm(join(table, name), { force: true });
      if (name.endsWith(".parquet")) removed.add(name);
    }
  return [...removed].sort();
}

/** Adds the runs of some folders to a part. @returns the folders that are in it, with the state of their files */
async function gather(
  writer: PartWriter,
  directory: string,
  states: ReadonlyMap<string, string>,
  probes: readonly Probe[],
  leftOut: UpdateReport["leftOut"],
): Promise<string[]> {
  const content: string[] = [];
  for (const [folder, state] of states) {
    try {
      const run = await readRun(join(directory, folder), probes);
      if ("missing" in run) {
        leftOut.push({ folder, why: run.missing });
        continue;
      }
      await writer.add({
        run: runRow(folder, run, state),
        summaries: summaryRows(folder, run),
        packets: run.match.packets,
      });
      content.push(folder, state);
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      leftOut.push({ folder, why: messageOf(error) });
    }
  }
  return content;
}

/** Derives runs, in parts of bounded size; one is written while the next is gathered. */
async function derive(
  connect: Connect,
  directory: string,
  states: readonly (readonly [folder: string, state: string])[],
  probes: readonly Probe[],
  report: UpdateReport,
): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  try {
    for (let from = 0; from < states.length; from += mostRunsInPart) {
      const writer = await PartWriter.open(connect);
      const content = await gather(
        writer,
        directory,
        new Map(states.slice(from, from + mostRunsInPart)),
        probes,
        report.leftOut,
      );
      await writing;
      if (content.length === 0) {
        writer.discard();
        continue;
      }
      const name = `${partPrefix(probes)}${sha256(content.join("\n")).slice(0, 16)}.parquet`;
      writing = writer.publish(byTable((table) => join(report.tables[table], name)));
      // A failure is met at the next await of it.
      writing.catch(() => {});
      report.runs += content.length / 2;
      report.derived += content.length / 2;
    }
  } finally {
    await writing;
  }
}

/**
 * Brings the tables of a results directory up to date with its runs. Runs that are there already stay as they are, in
 * their files; new ones come in a part of their own. Only a part that holds a run which has changed or gone is removed,
 * and what is left of its runs derived again.
 * @throws LabError when `directory` is no directory
 */
export async function updateDataset(directory: string, options: UpdateOptions = {}): Promise<UpdateReport> {
  const { runs: folders, setAside } = findRuns(directory);
  const { probes = allProbes, tablesIn = join(directory, derivedFolder) } = options;
  const tables = tablePaths(directory, tablesIn);
  const what = `the dataset of ${directory}`;
  const onWait = (holder: Parameters<typeof waitingFor>[1]) => options.say?.(waitingFor(what, holder));
  return withLock(`dataset ${resolve(tablesIn)}`, { what, onWait }, () =>
    withDatabase(async (connection, connect) => {
      for (const table of Object.values(tables)) await mkdir(table, { recursive: true });
      const parts = options.rebuild
        ? new Map<string, Map<string, string>>()
        : await readParts(connection, tables, partPrefix(probes));
      const states = new Map(folders.map((folder) => [folder, runState(join(directory, folder))]));
      const known = new Set<string>();
      const keep = new Set<string>();
      for (const [name, runs] of parts) {
        if (![...runs].every(([folder, state]) => states.get(folder) === state && !known.has(folder))) continue;
        keep.add(name);
        for (const folder of runs.keys()) known.add(folder);
      }
      const removedParts = await removeOthers(tables, keep);
      const report: UpdateReport = { tables, runs: known.size, derived: 0, removedParts, leftOut: [], setAside };
      const missing = [...states].filter(([folder]) => !known.has(folder));
      await derive(connect, directory, missing, probes, report);
      return report;
    }),
  );
}
