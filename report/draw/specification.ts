import type { TopLevelSpec } from "vega-lite";
import type { TableCell } from "../../measure/analysis/print/table.ts";
import type { Drawing, DrawnRow } from "../figures/drawing.ts";
import { figureConfig, neutral } from "../figures/theme.ts";
import { wrappedAt } from "./wrapped-at.ts";

/** Name of the data in every specification. */
const rowsName = "rows";

/** The rows that are drawn while nobody has chosen some. */
export const rowsAtFirst = (rows: readonly DrawnRow[]): DrawnRow[] => rows.filter(({ detail }) => detail === undefined);

/** Rows as vega takes them. */
export const valuesOf = (rows: readonly DrawnRow[]): Record<string, TableCell>[] =>
  rows.map(({ cells }) => ({ ...cells }));

const widest = 700;

/** A picture of a figure that has nothing to draw: it says so. */
const emptySpec = {
  data: { values: [{}] },
  width: 420,
  height: 60,
  mark: { type: "text", text: "nothing to draw", color: neutral.muted, fontSize: 13 },
};

/**
 * A figure as Vega-Lite takes it.
 * @param label what every figure of such servers says of itself; null for nothing
 * @param values data that stands in it; left out where the reader of it has the data
 */
export function specificationOf(
  drawing: Drawing,
  label: string | null,
  values?: Record<string, TableCell>[],
): TopLevelSpec {
  const lines = [...(label === null ? [] : [label]), ...drawing.missing].flatMap((line) => wrappedAt(line, widest));
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: drawing.title,
    title: { text: drawing.title, ...(lines.length > 0 && { subtitle: lines }) },
    data: values === undefined ? { name: rowsName } : { name: rowsName, values },
    ...(drawing.spec ?? emptySpec),
    config: figureConfig,
  } as TopLevelSpec;
}
