import { resolve } from "node:path";
import { z } from "zod";
import { checkout } from "../../lib/paths.ts";

/** Of each run its folder, with what came of it in words; a state of before has a list of runs. */
const outputSchema = z.union([
  z.record(z.string(), z.string()).transform(Object.keys),
  z.array(z.object({ directory: z.string() })).transform((runs) => runs.map(({ directory }) => directory)),
]);

/** Folders of a stack's runs, of what it exports as `runs`. */
export const foldersOfRuns = (output: unknown): string[] =>
  outputSchema.parse(output).map((folder) => resolve(checkout, folder));
