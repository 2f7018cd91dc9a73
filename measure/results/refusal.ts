import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { publishFile } from "../../lib/publish.ts";
import { differenceSchema } from "./conditions.ts";
import { besideRun } from "./run-files.ts";

/** A run that was not measured, because its servers were not as they were deployed. */
const refusalSchema = z.object({
  /** The stack that was to measure, as its leases name it. */
  owner: z.string(),
  replicate: z.int(),
  run: z.int(),
  at: z.iso.datetime(),
  differences: z.array(differenceSchema).min(1),
});
export type Refusal = z.infer<typeof refusalSchema>;

/** How the files of refusals begin. */
const refusedWord = "refused";
const prefix = `${refusedWord}_`;

/** Whether a file beside runs is called as one that tells of a refused run. */
export const isRefusal = (name: string): boolean => name.startsWith(prefix) && name.endsWith(".json");

function readRefusal(path: string): Refusal[] {
  try {
    return [refusalSchema.parse(JSON.parse(readFileSync(path, "utf8")))];
  } catch {
    return []; // it is told, and decides nothing
  }
}

function refusalsIn(scenarioFolder: string, begin: string): Refusal[] {
  let names: string[];
  try {
    names = readdirSync(scenarioFolder);
  } catch {
    return []; // nothing was measured there
  }
  return names
    .filter((name) => name.startsWith(begin) && isRefusal(name))
    .sort()
    .flatMap((name) => readRefusal(join(scenarioFolder, name)));
}

/** Writes down that a run was refused, beside its folder. @returns the file */
export async function recordRefusal(runFolder: string, refusal: Refusal): Promise<string> {
  const file = `${besideRun(runFolder, refusedWord, refusal.at)}.json`;
  await publishFile(file, `${JSON.stringify(refusal, null, 2)}\n`);
  return file;
}

/** How often a run was refused before, and why; in order. */
export const refusalsOf = (runFolder: string): Refusal[] =>
  refusalsIn(dirname(runFolder), `${prefix}${basename(runFolder)}_`);

/** Runs below a results directory that were refused to a stack. @param since not before then */
export function refusalsSince(results: string, owner: string, since: Date): Refusal[] {
  let scenarios: string[];
  try {
    scenarios = readdirSync(results);
  } catch {
    return [];
  }
  return scenarios
    .flatMap((scenario) => refusalsIn(join(results, scenario), prefix))
    .filter((refusal) => refusal.owner === owner && new Date(refusal.at) >= since);
}
