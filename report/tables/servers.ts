import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlainTable, TableCell } from "../../measure/analysis/print/table.ts";
import type { RunRecord } from "../../measure/dataset/run-record.ts";
import { readManifest } from "../../measure/results/read-manifest.ts";
import { manifestFile } from "../../measure/results/run-files.ts";

/** Most environments that stand side by side. */
const mostShown = 6;

/** The leaves of a record by their path: "sender.kernel". */
function leavesOf(value: unknown, path = ""): [path: string, cell: TableCell][] {
  if (value === null || typeof value !== "object")
    return [
      [path, typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null],
    ];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, path === "" ? name : `${path}.${name}`));
}

/** Servers and software (Tables 1 and 2) as manifests record them: a column for each environment that runs were measured in. */
export async function serversTable(directory: string, runs: readonly RunRecord[]): Promise<PlainTable> {
  const groups = [...Map.groupBy(runs, ({ environmentSha256 }) => environmentSha256)].sort(
    ([, a], [, b]) => b.length - a.length,
  );
  const shown = await Promise.all(
    groups.slice(0, mostShown).map(async ([, all]) => {
      const text = await readFile(join(directory, all[0]?.directory ?? "", manifestFile), "utf8");
      return new Map(leavesOf(readManifest(text).environment));
    }),
  );
  const paths = [...new Set(shown.flatMap((leaves) => [...leaves.keys()]))];
  return {
    title: "Servers and software (Tables 1 and 2)",
    head: ["", ...groups.slice(0, mostShown).map(([sha256, all]) => `${sha256.slice(0, 8)} (${all.length} runs)`)],
    rows: paths.map((path) => [path, ...shown.map((leaves) => leaves.get(path) ?? null)]),
    notes: [
      "columns are environments by the start of their hash, as manifest.json records them",
      ...(groups.length > mostShown ? [`${groups.length - mostShown} more environments are in the manifests`] : []),
    ],
  };
}
