import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { publishFile } from "../lib/publish.ts";
import { asCsv } from "../measure/analysis/print/table.ts";
import { pngOf, svgOf } from "./draw/pictures.ts";
import { rowsAtFirst, specificationOf, valuesOf } from "./draw/specification.ts";
import type { Drawing } from "./figures/drawing.ts";

/** Folder of the figures beside the page, and its list of what a report wrote there. */
const figuresFolder = "figures";
const listFile = "files.json";

/** All rows of a figure as CSV (RFC 4180), also those that are details. */
export const csvOf = ({ fields, rows }: Drawing): string =>
  `${asCsv(
    fields.map(({ name }) => name),
    rows.map(({ cells }) => fields.map(({ name }) => cells[name] ?? null)),
  )}\n`;

async function writeFigure(folder: string, drawing: Drawing, label: string | null): Promise<string[]> {
  const { name, rows } = drawing;
  const spec = specificationOf(drawing, label, valuesOf(rowsAtFirst(rows)));
  const svg = await svgOf(spec);
  const files: [kind: string, data: string | Uint8Array][] = [
    ["svg", svg],
    ["png", await pngOf(svg)],
    ["csv", csvOf(drawing)],
    ["vl.json", `${JSON.stringify(spec, null, 1)}\n`],
  ];
  await Promise.all(files.map(([kind, data]) => publishFile(join(folder, `${name}.${kind}`), data)));
  return files.map(([kind]) => `${name}.${kind}`);
}

async function writtenBefore(folder: string): Promise<string[]> {
  const list = join(folder, listFile);
  if (!existsSync(list)) return [];
  const names: unknown = JSON.parse(await readFile(list, "utf8"));
  return Array.isArray(names) ? names.filter((name) => typeof name === "string" && name === basename(name)) : [];
}

/**
 * Writes figures as files, each whole or not at all, and removes those that an earlier report wrote there and this one has no more.
 * @param into folder of the report
 */
export async function writeFigures(into: string, drawings: readonly Drawing[], label: string | null): Promise<void> {
  const folder = join(into, figuresFolder);
  const before = await writtenBefore(folder);
  const written: string[] = [];
  for (const drawing of drawings) written.push(...(await writeFigure(folder, drawing, label)));
  for (const name of before) if (!written.includes(name)) await rm(join(folder, name), { force: true });
  await publishFile(join(folder, listFile), `${JSON.stringify(written)}\n`);
}
