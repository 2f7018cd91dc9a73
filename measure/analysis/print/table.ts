import { digits, usualDigits } from "../../../lib/digits.ts";
import { tellingDigits } from "../../../lib/telling-digits.ts";
import type { ComparedUnit } from "../unit.ts";

/** A cell as it is printed; null is nothing to say. */
export type TableCell = string | number | boolean | null;

/** A table for people or for other programs. */
export interface PlainTable {
  title: string;
  head: readonly string[];
  rows: readonly (readonly TableCell[])[];
  /** Below the table, a line each. */
  notes?: readonly string[];
}

const text = (cell: TableCell) => (cell === null ? "" : String(cell));
const isNumber = (cell: TableCell) =>
  typeof cell === "number" || (typeof cell === "string" && /^[-<]?\s?\d[\d.e+-]*(?: … | vs | \/ |$)/.test(cell));

/** The head of a column of counts: what n is a number of. */
export const countHead = (unit: ComparedUnit): string =>
  ({ deployment: "replicates", "run-median": "runs", packet: "packets", scenario: "scenarios" })[unit];

/** A count under that head, with what it is of where the row's is another. */
export const countCell = (n: number, unit: ComparedUnit, head: ComparedUnit): TableCell =>
  unit === head ? n : `${n} ${countHead(unit)}`;

/** A part as per cent with two digits, or where these are 100 % of a part that is not all of it, with as many as tell. */
export function percentText(part: number): string {
  const withDigits = (count: number) => Number((100 * part).toPrecision(count));
  let count = 2;
  while (part < 1 && withDigits(count) === 100 && count < 15) count++;
  return `${withDigits(count)} %`;
}

/** A p-value as it is printed. */
export const pText = (p: number | null) => (p === null ? null : p < 1e-7 ? "< 1e-7" : digits(p, 3));

interface Ends {
  low: number;
  high: number;
}

/** The ends of an interval as texts, both with as many digits as neither reads as a whole number that it is not. */
export function endTexts({ low, high }: Ends): [string, string] {
  const count = Math.max(tellingDigits(low, usualDigits), tellingDigits(high, usualDigits));
  return [digits(low, count) as string, digits(high, count) as string];
}

/** An interval as it is printed. */
export const intervalText = (interval: Ends | null | undefined) => (interval ? endTexts(interval).join(" … ") : null);

/** A table in aligned columns, numbers to the right. */
export function asText({ title, head, rows, notes = [] }: PlainTable): string {
  const cells = rows.map((row) => row.map(text));
  const widths = head.map((name, column) => Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const right = head.map((_, column) => rows.some((row) => isNumber(row[column] ?? null)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (right[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  const body = rows.length === 0 ? ["nothing to show"] : [line(head), ...cells.map(line)];
  return [title, ...[...body, ...notes].map((line) => `  ${line}`)].join("\n");
}

const escaped = (cell: string) => cell.replaceAll("|", "\\|").replaceAll("\n", " ");

/** A table in GitHub's Markdown. */
export function asMarkdown({ title, head, rows, notes = [] }: PlainTable): string {
  const line = (row: readonly string[]) => `| ${row.map(escaped).join(" | ")} |`;
  const table =
    rows.length === 0
      ? ["Nothing to show."]
      : [line(head), line(head.map(() => "---")), ...rows.map((row) => line(row.map(text)))];
  return [`## ${title}`, "", ...table, ...notes.flatMap((note) => ["", note])].join("\n");
}

/** What a spreadsheet would take for a formula; names come from configurations, and are text. */
const formula = /^[=+@\t\r-]/;
const asData = (value: string) => (formula.test(value) && !Number.isFinite(Number(value)) ? `'${value}` : value);

const field = (cell: TableCell) => {
  const value = typeof cell === "string" ? asData(cell) : text(cell);
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
};

/**
 * Rows as CSV (RFC 4180) in long form: one header, a line a number.
 * @param rows with the columns of `head`
 */
export const asCsv = (head: readonly string[], rows: readonly (readonly TableCell[])[]): string =>
  [head, ...rows].map((row) => row.map(field).join(",")).join("\n");
