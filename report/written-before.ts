import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { LabError } from "../lib/errors.ts";

/** Folder of the figures beside the page, and its list of what a report wrote there. */
export const figuresFolder = "figures";
export const listFile = "files.json";

/** Name of the page in the folder of a report. */
export const pageFile = "report.html";

/** By what a list and a page of ours are known from those of anybody else. */
const writer = "sriov-rtt-testbed report";
export const pageMark = `<meta name="generator" content="${writer}">`;

/** In so many characters of a page the mark stands. */
const headLength = 500;

/** Kinds of files of a figure. */
export const figureKinds = ["svg", "png", "csv", "vl.json"] as const;
export type FigureKind = (typeof figureKinds)[number];
const nameAndKind = `([\\w-]+)\\.(${figureKinds.map((kind) => kind.replaceAll(".", "\\.")).join("|")})`;
const figureName = new RegExp(`^${nameAndKind}$`);

/** Path of a figure's file from the page: its name and its kind. */
export const figureFilePattern = new RegExp(`^/${figuresFolder}/${nameAndKind}$`);

const listSchema = z.strictObject({ writer: z.literal(writer), files: z.array(z.string().regex(figureName)) });

/** The list of what a report wrote. @param files names in the folder of figures */
export const listOf = (files: readonly string[]): string => `${JSON.stringify({ writer, files })}\n`;

/** Names of the figures' files that an earlier report wrote into this folder; none where no list of a report says so. */
export async function writtenBefore(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, listFile), "utf8").catch(() => "");
  try {
    return listSchema.parse(JSON.parse(text)).files;
  } catch {
    return [];
  }
}

/** @throws LabError (exit code 2) when what is to be a folder is a file */
export function requireFolder(path: string): void {
  if (existsSync(path) && !statSync(path).isDirectory())
    throw new LabError(
      `-o ${path}: there is a file of that name; allowed: a folder, which is made where there is none`,
      {
        exitCode: 2,
      },
    );
}

/**
 * Refuses to write where a file stands that no earlier report wrote.
 * @param into folder of the report
 * @param names of the files in its folder of figures that are to be written
 * @throws LabError (exit code 2) that names the first such file
 */
export async function requireOurs(into: string, names: readonly string[]): Promise<void> {
  requireFolder(into);
  const figures = join(into, figuresFolder);
  const before = new Set(await writtenBefore(figures));
  const [page, list] = [join(into, pageFile), join(figures, listFile)];
  const foreign = names.filter((name) => !before.has(name)).map((name) => join(figures, name));
  const isOurPage = !existsSync(page) || (await readFile(page, "utf8")).slice(0, headLength).includes(pageMark);
  const found = [
    ...(isOurPage ? [] : [page]),
    ...(existsSync(list) && !(await readFile(list, "utf8")).includes(writer) ? [list] : []),
    ...foreign.filter((path) => existsSync(path)),
  ];
  if (found.length > 0)
    throw new LabError(
      `${found[0]} was not written by ./lab report, which would overwrite it; move ${basename(found[0] ?? "")} away, or name another folder with -o`,
      { exitCode: 2 },
    );
}
