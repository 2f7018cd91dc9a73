import type { TopLevelSpec } from "vega-lite";
import type { TableCell } from "../../measure/analysis/print/table.ts";

/** A row of a figure's data. What its numbers rest on is told by the scenarios' indices. */
export interface DrawnRow {
  /** Indices of the scenarios that its numbers are of: it is shown while all of them are. */
  scenarios: readonly number[];
  /** Shown only where the reader has chosen some scenarios: all at once would be too many. */
  detail?: true;
  /** By name of the field. */
  cells: Readonly<Record<string, TableCell>>;
}

/** A field of a figure's data, for the table behind it and for what a mark says when it is pointed at. */
export interface DrawnField {
  name: string;
  /** Head of the column, with the unit. */
  head: string;
  /** Too long for what a mark says. */
  isLong?: true;
}

/** A specification of Vega-Lite without its data: panels side by side. */
export type FigureSpec = Omit<Extract<TopLevelSpec, { facet: unknown; spec: unknown }>, "data">;

/** One figure, ready to be drawn. */
export interface Drawing {
  /** Of its files, and of its place on the page. */
  name: string;
  title: string;
  /** What marks mean, a sentence each; the definitions of boxes, whiskers and intervals are here. */
  caption: readonly string[];
  fields: readonly DrawnField[];
  rows: readonly DrawnRow[];
  /** Why something is not in it, a sentence each. */
  missing: readonly string[];
  /** Null where no row has anything to draw: then `missing` says why. */
  spec: FigureSpec | null;
}
