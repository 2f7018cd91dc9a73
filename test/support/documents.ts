import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../../lib/paths.ts";

/** Text of a file of the checkout. */
export const textOf = (path: string): string => readFileSync(join(checkout, path), "utf8");

/** Files of the checkout: those that git knows or would, and that are there; generated SDKs and test data left out. */
export function projectFiles(...patterns: readonly string[]): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...patterns];
  const names = execFileSync("git", args, { cwd: checkout, encoding: "utf8" }).split("\n");
  return names.filter((name) => name !== "" && !/^(sdks|test\/data)\//.test(name) && existsSync(join(checkout, name)));
}

/** The project's own documents. */
export const documents = (): string[] => projectFiles("*.md");

/** Blocks of one language in a document. */
export const blocksIn = (markdown: string, language: string): string[] =>
  [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, block = ""]) => block);

/** What stands in code in a document: spans, and the lines of blocks. */
export function codeIn(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```[^\n]*\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => block.split("\n"));
  const prose = markdown.replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...blocks, ...[...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span)];
}

/** Lines of a source file that are no comment. */
export const codeLines = (source: string): string[] =>
  source.split("\n").filter((line) => !/^\s*(\/\/|\/?\*|#)/.test(line));
