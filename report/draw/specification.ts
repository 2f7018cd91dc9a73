import { Error as errorLevel, logger, type Spec } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { TableCell } from "../../measure/analysis/print/table.ts";
import type { Drawing, DrawnRow } from "../figures/drawing.ts";
import { figureConfig, neutral, titleStyle } from "../figures/theme.ts";
import { withNamedPanels } from "./fitted-spec.ts";
import { wrappedAt } from "./wrapped-at.ts";

/** Name of the data in every specification. */
export const rowsName = "rows";

/** The rows that are drawn while nobody has chosen some. */
export const rowsAtFirst = (rows: readonly DrawnRow[]): DrawnRow[] => rows.filter(({ detail }) => detail === undefined);

/** Rows as vega takes them. */
export const valuesOf = (rows: readonly DrawnRow[]): Record<string, TableCell>[] =>
  rows.map(({ cells }) => ({ ...cells }));

/** How wide the lines of a title are where nobody asks for another width, in pixels. */
const titleWidth = 700;

/** A picture of a figure that has nothing to draw: it says so. */
const emptySpec = {
  data: { values: [{}] },
  width: 420,
  height: 60,
  mark: { type: "text", text: "nothing to draw", color: neutral.muted, fontSize: 13 },
};

/** A figure with its specification, which the page and the pictures share: neither has the data in it. */
export interface CompiledFigure {
  drawing: Drawing;
  /** As Vega-Lite takes it. */
  vegaLite: TopLevelSpec;
  /** As vega runs it. */
  vega: Spec;
}

/** Whether a figure's specification is of its rows: one that has nothing to draw says so by itself. */
export const isOfRows = ({ spec }: Drawing): boolean => spec !== null;

function specificationOf(drawing: Drawing, label: string | null, width: number): TopLevelSpec {
  const lines = [...(label === null ? [] : [label]), ...drawing.missing].flatMap((line) => wrappedAt(line, width));
  const title = wrappedAt(drawing.title, width, titleStyle);
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: drawing.title,
    title: { text: title.length > 1 ? title : drawing.title, ...(lines.length > 0 && { subtitle: lines }) },
    data: { name: rowsName },
    ...(drawing.spec ? withNamedPanels(drawing.spec, drawing.rows) : emptySpec),
    config: figureConfig,
  } as TopLevelSpec;
}

/**
 * A specification in which a mark's tooltip is its row. The page words a row when it is pointed at; Vega-Lite's own would be worded for
 * every mark at every change of what is shown.
 */
function withRowsAsTooltips<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withRowsAsTooltips) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === "tooltip" ? { signal: "datum" } : withRowsAsTooltips(member),
    ]),
  ) as T;
}

/**
 * A figure that is ready to be drawn, on the page and as a picture.
 * @param label what every figure of such servers says of itself; null for nothing
 * @param width of the lines of its title, in pixels
 */
export function compiledFigure(drawing: Drawing, label: string | null, width = titleWidth): CompiledFigure {
  const vegaLite = specificationOf(drawing, label, width);
  // What Vega-Lite only warns of is known: panels of unequal height have axes of their own.
  const { spec } = compile(vegaLite, { logger: logger(errorLevel) });
  return { drawing, vegaLite, vega: withRowsAsTooltips(spec) };
}

/** Its specification with the data that is drawn at first in it: what other programs read. */
export const withData = ({ drawing, vegaLite }: CompiledFigure): TopLevelSpec =>
  isOfRows(drawing) ? { ...vegaLite, data: { name: rowsName, values: valuesOf(rowsAtFirst(drawing.rows)) } } : vegaLite;
