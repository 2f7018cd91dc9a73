import { join, resolve } from "node:path";
import { LabError } from "../lib/errors.ts";
import { publishFile } from "../lib/publish.ts";
import { readDataset } from "../measure/dataset/open.ts";
import { updateDataset } from "../measure/dataset/update.ts";
import { figureInColumn, type PrintedFigure } from "./draw/column-width.ts";
import { outlinedSvgOf, pdfOf } from "./draw/printed.ts";
import { allFigures } from "./figures/all.ts";
import type { Drawing } from "./figures/drawing.ts";
import { gatherStudy } from "./study-data.ts";
import { requireFolder } from "./written-before.ts";

/** Kinds of files that figures are printed as. */
const kinds: Readonly<Record<string, (figure: PrintedFigure, title: string) => Promise<string | Uint8Array>>> = {
  pdf: pdfOf,
  svg: async (figure) => outlinedSvgOf(figure),
};
/** Their names. */
const printedKinds = Object.keys(kinds);

/** Widths that a figure can be asked for, in mm. */
const [leastMm, mostMm] = [60, 400] as const;

/** What a person asks for. */
export interface PrintWords {
  /** Names, with commas between; by default of all that have something to draw. */
  figures?: string;
  format: string;
  /** "88mm". */
  width: string;
  /** Folder; by default `figures` in the results directory. */
  output?: string;
}

const refused = (message: string) => new LabError(message, { exitCode: 2 });

/** A width in words. @throws LabError (exit code 2) for what is none */
function widthOf(words: string): number {
  const mm = Number(/^(\d+(?:\.\d+)?)mm$/.exec(words)?.[1]);
  if (mm >= leastMm && mm <= mostMm) return mm;
  throw refused(`--width ${words}: no such width; allowed: ${leastMm}mm to ${mostMm}mm, for example 88mm or 180mm`);
}

function chosenOf(drawings: readonly Drawing[], words: string | undefined): Drawing[] {
  const drawn = drawings.filter(({ spec }) => spec !== null);
  if (words === undefined) return drawn;
  const allowed = `allowed: ${drawn.map(({ name }) => name).join(", ") || "none, because there is nothing to draw"}`;
  return [...new Set(words.split(","))].map((name) => {
    const found = drawings.find((drawing) => drawing.name === name);
    if (found === undefined) throw refused(`--figures ${name}: these data have no such figure; ${allowed}`);
    if (found.spec !== null) return found;
    throw refused(`--figures ${name}: it has nothing to draw (${found.missing.join("; ") || "no data"}); ${allowed}`);
  });
}

/**
 * Writes figures of a results directory for print: laid out for a column of this width, as PDF or SVG with the font in it.
 * @returns the paths of the files
 * @throws LabError (exit code 2) for a figure, a kind or a width that there is not, with what is allowed
 */
export async function printFigures(
  directory: string,
  { figures, format, width, output }: PrintWords,
  say?: (line: string) => void,
): Promise<string[]> {
  const kind = kinds[format];
  if (kind === undefined)
    throw refused(`--format ${format}: no such kind of file; allowed: ${printedKinds.join(", ")}`);
  const mm = widthOf(width);
  if (output !== undefined) requireFolder(output);
  const update = await updateDataset(directory, say ? { say } : {});
  if (update.runs === 0) throw refused(`${directory} holds no run that counts: there is nothing to draw`);
  const study = await gatherStudy(await readDataset(directory, update, say));
  const made = new Map<string, string | Uint8Array>();
  for (const drawing of chosenOf(allFigures(study), figures)) {
    const figure = await figureInColumn(drawing, study.label, mm).catch((error: unknown) => {
      // Where all are wanted, one that does not fit is told, and the others are written.
      if (figures !== undefined || !(error instanceof LabError)) throw error;
      say?.(error.message);
    });
    if (figure === undefined) continue;
    const file = resolve(output ?? join(directory, "figures"), `${drawing.name}-${width}.${format}`);
    made.set(file, await kind(figure, drawing.title));
  }
  // All of those that were asked for, or none.
  for (const [file, content] of made) await publishFile(file, content);
  return [...made.keys()];
}
