import type { DrawnRow, FigureSpec } from "../figures/drawing.ts";
import { panelNameStyle } from "../figures/theme.ts";
import type { TextItem } from "./text-width.ts";
import { wrappedAt } from "./wrapped-at.ts";

type Json = null | string | number | boolean | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = { readonly [name: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The same with every object in it changed, those inside others first. */
function mapped(value: Json, change: (inner: JsonObject) => JsonObject): Json {
  if (Array.isArray(value)) return value.map((inner: Json) => mapped(inner, change));
  if (!isObject(value)) return value;
  return change(Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapped(inner, change)])));
}

/** Of a label of the axis, in pixels. */
const lineHeight = 14;

/** How a figure is made to fit a width. */
export interface Fit {
  /** Panels side by side. */
  columns: number;
  /** Of a panel: pixels, or of each step where the figure counts in those. */
  panel: number;
  /** Entries of a legend side by side; null as many as there are. */
  legendColumns: number | null;
  /** Labels of the y axis that are longer are broken into lines. */
  labelWidth: number | null;
  /** The same of a legend of one column. */
  legendWidth: number;
}

/** An expression that has for a label its lines. Vega-Lite puts another expression in place of a header's `datum.label`, without parentheses. */
const brokenLabels = (labels: Iterable<string>, pixels: number, style?: TextItem): string => {
  const lines = Object.fromEntries([...new Set(labels)].map((label) => [label, wrappedAt(label, pixels, style)]));
  return `(${JSON.stringify(lines)})[(datum.label)] || (datum.label)`;
};

const widthIn = (spec: JsonObject): Json | undefined => (isObject(spec.spec) ? spec.spec.width : undefined);

/** The width of a panel, or of each of its steps; null where it has none of its own. */
export function panelOf(spec: FigureSpec): { width: number; isStep: boolean } | null {
  const width = widthIn(spec as unknown as JsonObject);
  if (typeof width === "number") return { width, isStep: false };
  return isObject(width) && typeof width.step === "number" ? { width: width.step, isStep: true } : null;
}

/** The lines that the labels of a figure's y axis have. */
function withBrokenLabels(spec: JsonObject, rows: readonly DrawnRow[], pixels: number): JsonObject {
  const changed = mapped(spec, (inner) => {
    const { y } = inner;
    if (!isObject(y) || y.type !== "nominal" || typeof y.field !== "string") return inner;
    const labels = rows.map(({ cells }) => String(cells[String(y.field)]));
    const axis = isObject(y.axis ?? null) ? (y.axis as JsonObject) : {};
    const lines = new Set(labels.map((label) => wrappedAt(label, pixels).length));
    // Vega has the first line beside the tick; where all labels have as many, their middle is there.
    const labelOffset = lines.size === 1 ? (-lineHeight / 2) * (Math.max(...lines) - 1) : 0;
    return { ...inner, y: { ...y, axis: { ...axis, labelOffset, labelExpr: brokenLabels(labels, pixels) } } };
  }) as JsonObject;
  const inner = changed.spec as JsonObject;
  const step = isObject(inner.height) && typeof inner.height.step === "number" ? inner.height.step : null;
  return step === null ? changed : { ...changed, spec: { ...inner, height: { step: Math.max(step, 34) } } };
}

/** The same with so many entries of legends side by side. */
const withLegends = (spec: JsonObject, columns: number, pixels: number): JsonObject =>
  mapped(spec, (inner) => {
    if (!isObject(inner.legend)) return inner;
    const domain = isObject(inner.scale) && Array.isArray(inner.scale.domain) ? inner.scale.domain.map(String) : [];
    const broken = columns === 1 && domain.length > 0 ? { labelExpr: brokenLabels(domain, pixels) } : {};
    return { ...inner, legend: { ...inner.legend, columns, ...broken } };
  }) as JsonObject;

/** The least width of a line of a panel's name, in pixels, where the panel may be narrower. */
const leastNameWidth = 200;

/** A figure whose panels' names do not reach over the next one: they are broken into lines. @param pixels of a line */
const withPanelNames = (spec: JsonObject, rows: readonly DrawnRow[], pixels: number): JsonObject => ({
  ...spec,
  facet: {
    ...(spec.facet as JsonObject),
    header: {
      labelExpr: brokenLabels(
        rows.map(({ cells }) => String(cells.panel)),
        pixels,
        panelNameStyle,
      ),
    },
  },
});

const nameWidth = (panel: number, isStep: boolean) => (isStep ? 4 * panel : panel);

/** A figure's specification as it is drawn where nothing has to fit a column. @param rows that are drawn at any time */
export function withNamedPanels(figure: FigureSpec, rows: readonly DrawnRow[]): FigureSpec {
  const spec = figure as unknown as JsonObject;
  const panel = panelOf(figure);
  const hasHeader = isObject(spec.facet) && isObject(spec.facet.header);
  if (!isObject(spec.facet) || hasHeader || panel === null) return figure;
  const pixels = Math.max(leastNameWidth, nameWidth(panel.width, panel.isStep));
  return withPanelNames(spec, rows, pixels) as unknown as FigureSpec;
}

/** A figure's specification with panels, legends and labels of this size. @param rows that are drawn */
export function fittedSpec(figure: FigureSpec, rows: readonly DrawnRow[], fit: Fit): FigureSpec {
  const { columns, panel, legendColumns, labelWidth, legendWidth } = fit;
  const isStep = panelOf(figure)?.isStep ?? false;
  const original = figure as unknown as JsonObject;
  const spec = legendColumns === null ? original : withLegends(original, legendColumns, legendWidth);
  const labelled = labelWidth === null ? spec : withBrokenLabels(spec, rows, labelWidth);
  return {
    ...withPanelNames(labelled, rows, nameWidth(panel, isStep)),
    columns,
    spec: { ...(labelled.spec as JsonObject), width: isStep ? { step: panel } : panel },
  } as unknown as FigureSpec;
}
