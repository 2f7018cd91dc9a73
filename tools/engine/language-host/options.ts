import { LabError } from "../../../lib/errors.ts";

/** The runtime options of Pulumi.yaml that the official Node.js language host honours. */
export interface RuntimeOptions {
  /** Compile TypeScript with ts-node. */
  typescript: boolean;
  /** Path of the tsconfig.json for that. */
  tsconfig?: string;
  /** Arguments of node, before the program. */
  nodeargs: string[];
  packagemanager: string;
}

const packageManagers = ["auto", "npm", "yarn", "pnpm", "bun"];

function wrongType(name: string, wanted: string, value: unknown): LabError {
  return new LabError(`Pulumi.yaml: runtime.options.${name} must be ${wanted}, not ${JSON.stringify(value)}`);
}

/** Reads the runtime options, with the defaults of the official host; like it, passes over keys it does not know. */
export function parseOptions(options: Record<string, unknown>): RuntimeOptions {
  const { typescript = true, tsconfig, nodeargs = "", packagemanager = "auto" } = options;
  if (typeof typescript !== "boolean") throw wrongType("typescript", "true or false", typescript);
  if (tsconfig !== undefined && typeof tsconfig !== "string") throw wrongType("tsconfig", "a path", tsconfig);
  if (typeof nodeargs !== "string") throw wrongType("nodeargs", "a text", nodeargs);
  if (typeof packagemanager !== "string" || !packageManagers.includes(packagemanager))
    throw wrongType("packagemanager", `one of ${packageManagers.join(", ")}`, packagemanager);
  return { typescript, nodeargs: splitWords(nodeargs), packagemanager, ...(tsconfig !== undefined && { tsconfig }) };
}

/**
 * Splits a text into words as a POSIX shell does: quotes, backslashes, comments; nothing is expanded.
 * @throws LabError for a quote that is not closed
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "#" && word === undefined) {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (character === "\\") {
      word = (word ?? "") + text.charAt(++at);
    } else if (character === "'" || character === '"') {
      const quoted = quotedWord(text, at);
      word = (word ?? "") + quoted.value;
      at = quoted.end;
    } else word = (word ?? "") + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}

function quotedWord(text: string, start: number): { value: string; end: number } {
  const quote = text.charAt(start);
  let value = "";
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === quote) return { value, end: at };
    if (character === "\\" && quote === '"' && /["\\$`]/.test(text.charAt(at + 1))) value += text.charAt(++at);
    else value += character;
  }
  throw new LabError(`Pulumi.yaml: runtime.options.nodeargs has a ${quote} that is not closed: ${text}`);
}
