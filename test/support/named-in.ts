import { execFileSync } from "node:child_process";
import ts from "typescript";
import { checkout } from "../../lib/paths.ts";
import { projectFiles, textOf } from "./documents.ts";

/** What `git grep -lw` says of a word: every file outside tests that has it. */
export function filesWithWord(word: string): string[] {
  const found = execFileSync("git", ["grep", "-lw", "--untracked", word, "--", ":!test"], {
    cwd: checkout,
    encoding: "utf8",
  });
  return found.split("\n").filter(Boolean);
}

/** Identifiers of a source file, and strings of it that are one word. */
function namesIn(path: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) names.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, textOf(path), ts.ScriptTarget.Latest));
  return names;
}

let namesByFile: Map<string, Set<string>> | undefined;

/** Files of code outside tests that name an id which is also an English word. */
export function codeThatNames(id: string): string[] {
  namesByFile ??= new Map(
    projectFiles("*.ts")
      .filter((path) => !/^(test|sdks)\//.test(path))
      .map((path) => [path, namesIn(path)]),
  );
  return [...namesByFile].flatMap(([path, names]) => (names.has(id) ? [path] : []));
}
