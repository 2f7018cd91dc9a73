import { rm } from "node:fs/promises";
import { join } from "node:path";
import { publishFile } from "../lib/publish.ts";
import { asCsv } from "../measure/analysis/print/table.ts";
import { pngOf, svgOf } from "./draw/pictures.ts";
import { type CompiledFigure, withData } from "./draw/specification.ts";
import type { Drawing } from "./figures/drawing.ts";
import {
  type FigureKind,
  figureKinds,
  figuresFolder,
  listFile,
  listOf,
  requireOurs,
  writtenBefore,
} from "./written-before.ts";

/** All rows of a figure as CSV (RFC 4180), also those that are details. */
export const csvOf = ({ fields, rows }: Drawing): string =>
  `${asCsv(
    fields.map(({ name }) => name),
    rows.map(({ cells }) => fields.map(({ name }) => cells[name] ?? null)),
  )}\n`;

type Made = string | Uint8Array | Promise<string | Uint8Array>;

/** What makes a figure's file of each kind. @param svg the figure's, for those kinds that are made of it */
const makers: Record<FigureKind, (figure: CompiledFigure, svg: string) => Made> = {
  svg: (_figure, svg) => svg,
  png: (_figure, svg) => pngOf(svg),
  csv: ({ drawing }) => csvOf(drawing),
  "vl.json": (figure) => `${JSON.stringify(withData(figure), null, 1)}\n`,
};

/** A figure as a file of some kind. */
export const figureFile = async (figure: CompiledFigure, kind: FigureKind): Promise<string | Uint8Array> =>
  makers[kind](figure, kind === "svg" || kind === "png" ? await svgOf(figure) : "");

async function writeFigure(folder: string, figure: CompiledFigure, svg: string): Promise<void> {
  await Promise.all(
    figureKinds.map(async (kind) =>
      publishFile(join(folder, `${figure.drawing.name}.${kind}`), await makers[kind](figure, svg)),
    ),
  );
}

/** Writes each figure while the next one is drawn: PNGs are made by another thread. */
async function writeEach(folder: string, figures: readonly CompiledFigure[]): Promise<void> {
  let before: Promise<void> = Promise.resolve();
  for (const figure of figures) {
    const [svg] = await Promise.all([svgOf(figure), before]);
    before = writeFigure(folder, figure, svg);
  }
  await before;
}

const namesOf = ({ drawing }: CompiledFigure): string[] => figureKinds.map((kind) => `${drawing.name}.${kind}`);

/**
 * Writes figures as files, each whole or not at all, and removes those that an earlier report wrote there and this one has no more.
 * @param into folder of the report
 * @throws LabError (exit code 2) when a file is there, or the page, that no earlier report wrote; nothing is written then
 */
export async function writeFigures(into: string, figures: readonly CompiledFigure[]): Promise<void> {
  const folder = join(into, figuresFolder);
  const names = figures.flatMap(namesOf);
  await requireOurs(into, names);
  const before = await writtenBefore(folder);
  // The list is there before what it lists: a report that was broken off is known for ours.
  await publishFile(join(folder, listFile), listOf([...new Set([...before, ...names])]));
  await writeEach(folder, figures);
  for (const name of before) if (!names.includes(name)) await rm(join(folder, name), { force: true });
  await publishFile(join(folder, listFile), listOf(names));
}
