import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDataset } from "../../measure/dataset/open.ts";
import { allFigures } from "../../report/figures/all.ts";
import type { Drawing } from "../../report/figures/drawing.ts";
import { gatherStudy, type StudyData } from "../../report/study-data.ts";

/** A folder that is removed when it is disposed of. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "lab-report-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** What the report shows of a results directory, and its figures by name. */
export async function drawnStudy(directory: string): Promise<{ study: StudyData; figures: Map<string, Drawing> }> {
  const study = await gatherStudy(await openDataset(directory));
  return { study, figures: new Map(allFigures(study).map((drawing) => [drawing.name, drawing])) };
}
