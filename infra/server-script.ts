import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shellVariables } from "../lib/ssh/quote.ts";

/** Texts of scripts without comments, by file: a plan asks for each many times. */
const texts = new Map<string, string>();
const folder = join(import.meta.dirname, "scripts");
const comment = /^ *#.*\n/gm;
const inclusion = /^\. \.\/([a-z-]+\.sh)\n/gm;

/**
 * The text of a script of infra/scripts, with what it includes (`. ./FILE`) in its place, each file once: a server has none of
 * these files. Comments are left out: another one makes no layer anew.
 * @param included files that the text before it has already; those of this one are added
 */
export function serverScript(file: string, included = new Set<string>()): string {
  included.add(file);
  const text = texts.get(file) ?? readFileSync(join(folder, file), "utf8").replaceAll(comment, "");
  texts.set(file, text);
  return text.replaceAll(inclusion, (_line, name: string) => (included.has(name) ? "" : serverScript(name, included)));
}

/** A script for a server's shell: variables, what all scripts share, then the script itself. */
export function shellScript(file: string, variables: Record<string, string | number>): string {
  const included = new Set<string>();
  return [shellVariables(variables), serverScript("common.sh", included), serverScript(file, included)].join("\n");
}
