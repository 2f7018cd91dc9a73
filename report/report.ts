import { join, resolve } from "node:path";
import { publishFile } from "../lib/publish.ts";
import { gatherReport } from "./content.ts";
import { pageOf } from "./page/page.ts";
import { writeFigures } from "./write.ts";
import { pageFile } from "./written-before.ts";

export interface ReportOptions {
  /** Folder to write into; by default `report` in the results directory. */
  into?: string;
  /** Tells what is being done. */
  say?: (line: string) => void;
}

/**
 * Writes the report of a results directory: a page that needs no network, and each figure as SVG, PNG, CSV and specification.
 * A directory without a run that counts has a page that says so.
 * @returns path of the page
 * @throws LabError (exit code 2) when there is no such directory; for runs of different fidelity; when a file of the page's or a
 *   figure's name is there that no earlier report wrote
 */
export async function writeReport(directory: string, { into, say }: ReportOptions = {}): Promise<string> {
  const folder = resolve(into ?? join(directory, "report"));
  const { content, figures } = await gatherReport(directory, say ? { say } : {});
  const page = join(folder, pageFile);
  await writeFigures(folder, figures);
  await publishFile(page, await pageOf(content));
  return page;
}
