import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { checkout, labDir } from "../../lib/paths.ts";
import { backendUrlOf } from "../setup/pulumi.ts";
import { stateFolder } from "../setup/state.ts";
import { resourcesIn } from "../state/checkpoint.ts";
import { isInBucket } from "../state/remembered.ts";
import { projectName, stackFile } from "./config.ts";

/** The text of a stack's state in a folder of states, with or without folders for projects, compressed or not. */
function stateText(folder: string, stack: string): string | undefined {
  for (const place of [join(folder, "stacks", projectName(checkout)), join(folder, "stacks")]) {
    const file = join(place, `${stack}.json`);
    if (existsSync(file)) return readFileSync(file, "utf8");
    if (existsSync(`${file}.gz`)) return gunzipSync(readFileSync(`${file}.gz`)).toString();
  }
  return undefined;
}

/**
 * Whether this checkout may have something deployed by a stack, by files alone: its configuration is here, and its state is not empty.
 * Where states are in no folder the configuration alone tells.
 */
function mayBeDeployed(stack: string): boolean {
  if (!existsSync(stackFile(checkout, stack))) return false;
  const folder = isInBucket(stack) ? undefined : stateFolder(backendUrlOf(process.env));
  if (folder === undefined) return true;
  try {
    const text = stateText(folder, stack);
    return text !== undefined && resourcesIn(text) > 0;
  } catch {
    return true; // a state that cannot be read is none that is empty
  }
}

/** A file that is there while what a stack has deployed is kept because somebody asked for it. */
const keptFile = (stack: string) => join(labDir, "kept", stack);

/** Writes down that what a stack has deployed is kept on purpose. */
export function noteKept(stack: string): void {
  mkdirSync(dirname(keptFile(stack)), { recursive: true });
  writeFileSync(keptFile(stack), "");
}

/** Takes that back. */
export const forgetKept = (stack: string): void => rmSync(keptFile(stack), { force: true });

/** What an earlier command may have left of a stack: nothing, what it was told to keep, or what it could not remove because it was killed. */
export type Leftover = "nothing" | "kept" | "left";

/** What there is of a stack that nobody drives now, by its files: no engine is started. */
export function leftoverOf(stack: string): Leftover {
  if (!mayBeDeployed(stack)) return "nothing";
  return existsSync(keptFile(stack)) ? "kept" : "left";
}

/** That something of a stack is still there and stays, in a line. */
export const leftoverText = (stack: string, leftover: Leftover): string =>
  `stack ${stack} is still deployed${leftover === "kept" ? ", as --keep has left it" : ""}; end it with ./lab destroy ${stack}`;
