import { posix } from "node:path";
import ts from "typescript";
import { projectFiles, textOf } from "./documents.ts";

/** The project's own files that each of its TypeScript files imports, also for types only or when it is called. */
export function importsOfProject(): Map<string, string[]> {
  const importsOf = (path: string) =>
    ts
      .preProcessFile(textOf(path), true, true)
      .importedFiles.map(({ fileName }) => fileName)
      .filter((name) => name.startsWith("."))
      .map((name) => posix.join(posix.dirname(path), name));
  return new Map(projectFiles("*.ts").map((path) => [path, importsOf(path)]));
}

/** A chain of files that ends where it begins, each importing the next; undefined without any. */
export function cycleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (path: string, chain: readonly string[]): string[] | undefined => {
    if (chain.includes(path)) return [...chain.slice(chain.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of imports.get(path) ?? []) {
      const cycle = visit(next, [...chain, path]);
      if (cycle) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of imports.keys()) {
    const cycle = visit(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}

/** What the files of a folder may import beside each other: folders (ending in `/`) and files. */
export interface Layer {
  folder: string;
  imports: string[];
}

/** The layers of a table whose first column names folders, and whose last what each may import. */
export function layersOf(markdown: string): Layer[] {
  const codeSpans = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
  return markdown.split("\n").flatMap((line) => {
    const [first = "", , last = ""] = line.split("|").slice(1, -1);
    return codeSpans(first)
      .filter((folder) => folder.endsWith("/"))
      .map((folder) => ({ folder, imports: codeSpans(last) }));
  });
}

/** The layer that a file belongs to: the folder that names most of its path. */
export const layerOf = (path: string, layers: readonly Layer[]): Layer | undefined =>
  layers
    .filter(({ folder }) => path.startsWith(folder))
    .sort((a, b) => b.folder.length - a.folder.length)
    .at(0);

/** Imports that no layer allows, a line each. */
export function forbiddenImports(imports: ReadonlyMap<string, readonly string[]>, layers: readonly Layer[]): string[] {
  return [...imports].flatMap(([path, targets]) => {
    const layer = layerOf(path, layers);
    const isAllowed = (target: string) =>
      layerOf(target, layers) === layer || layer?.imports.some((allowed) => target.startsWith(allowed));
    return targets
      .filter((target) => !isAllowed(target))
      .map((target) => `${path} imports ${target}; ${layer?.folder ?? "no folder"} may not`);
  });
}
