import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, View } from "vega";
import { openDataset } from "../../measure/dataset/open.ts";
import { compiledFigure, rowsAtFirst, rowsName, valuesOf } from "../../report/draw/specification.ts";
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

/** The data of the marks that a view has drawn, whatever group they stand in. */
export function drawnData(drawing: Drawing): Record<string, unknown>[] {
  const view = new View(parse(compiledFigure(drawing, null).vega), { renderer: "none" })
    .data(rowsName, valuesOf(rowsAtFirst(drawing.rows)))
    .run();
  const found = new Set<Record<string, unknown>>();
  const visit = (item: { items?: unknown[]; datum?: Record<string, unknown> }) => {
    if (item.datum !== undefined && "scenarios" in item.datum === false) found.add(item.datum);
    for (const inner of item.items ?? []) visit(inner as never);
  };
  visit((view.scenegraph() as unknown as { root: never }).root);
  view.finalize();
  return [...found];
}
