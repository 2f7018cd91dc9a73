import { LabError } from "../../lib/errors.ts";

/** Two columns of numbers and their names. */
export interface TwoColumns {
  names: [string, string];
  x: Float64Array;
  y: Float64Array;
}

export interface ColumnOptions {
  /** What the text is called in errors, as a file name. */
  source: string;
  /** Whether one column may end before the other, its cells blank from there on; false for paired samples. */
  unequal: boolean;
}

/** A number as programs write it: decimal, optionally with an exponent. Not hexadecimal, not NaN, not Infinity. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads comma-separated text (RFC 4180, without line breaks inside quotes) of exactly two columns: a header line, then a
 * number in each cell. A byte order mark, CRLF, blanks around cells and blank lines at the end are accepted; nothing else is
 * guessed. With `unequal`, blank cells are accepted from the end of a column on, the other column going on.
 *
 * @throws LabError naming source, line and cell for anything else: no header, a header of numbers, another count of
 * columns, a blank or missing value, text, NaN, infinities, numbers beyond the largest double, and those with more digits
 * than a double holds
 */
export function parseTwoColumns(text: string, options: ColumnOptions): TwoColumns {
  const body = text.replace(/^\uFEFF/, "").trimEnd();
  const columns: [number[], number[]] = [[], []];
  const ended: [number, number] = [0, 0];
  let names: [string, string] | undefined;
  let line = 0;
  for (let start = 0; start <= body.length; ) {
    const found = body.indexOf("\n", start);
    const end = found === -1 ? body.length : found;
    line++;
    const where = `${options.source}:${line}`;
    const cells = splitLine(body.slice(start, end), where);
    start = end + 1;
    if (names === undefined) {
      names = header(cells, where);
      continue;
    }
    for (const [i, cell] of cells.entries()) {
      if (cell === "" && options.unequal && cells[1 - i] !== "") {
        ended[i] ||= line;
        continue;
      }
      if (ended[i]! > 0)
        throw new LabError(
          `${where}: "${names[i]}" ended at line ${ended[i]}; remove ${quoted(cell)} or fill in the gap`,
        );
      columns[i]!.push(parseNumber(cell, names[i]!, where));
    }
  }
  if (names === undefined) throw new LabError(`${options.source}:1: a header with two column names is expected`);
  return { names, x: Float64Array.from(columns[0]), y: Float64Array.from(columns[1]) };
}

function header(cells: [string, string], where: string): [string, string] {
  if (cells.includes("")) throw new LabError(`${where}: a header with two column names is expected, and one is blank`);
  if (cells.every((cell) => NUMBER.test(cell))) {
    throw new LabError(`${where}: a header with two column names is expected, but both cells are numbers; add one`);
  }
  return cells;
}

function parseNumber(cell: string, column: string, where: string): number {
  if (cell === "") throw new LabError(`${where}: "${column}" has no value; fill it in or remove the line`);
  if (!NUMBER.test(cell)) throw new LabError(`${where}: "${column}" is ${quoted(cell)}, which is not a finite number`);
  const value = Number(cell);
  if (!Number.isFinite(value))
    throw new LabError(`${where}: "${column}" is ${quoted(cell)}, beyond the largest double`);
  if (dropsDigits(cell, value))
    throw new LabError(
      `${where}: "${column}" is ${quoted(cell)}, which has more digits than a double holds (it would be read as ${value}); ` +
        "subtract a common start from both columns, or round them",
    );
  return value;
}

/** Digits that every double holds. */
const SURE_DIGITS = 15;
/** Digits that a double can be asked for. */
const MOST_DIGITS = 100;

/**
 * Whether a number's text has digits that its double does not give back. Programs write the shortest text that leads back to a
 * double, or its true digits up to some place.
 */
function dropsDigits(text: string, value: number): boolean {
  if (text.length <= SURE_DIGITS || value === 0) return false;
  const digits = digitsOf(text);
  if (digits.replace(/0+$/, "") === digitsOf(String(value)).replace(/0+$/, "")) return false;
  return digits.length > MOST_DIGITS || digitsOf(value.toPrecision(digits.length)) !== digits;
}

/** The digits of a number's text from the first that is not 0, without sign, point and exponent. */
const digitsOf = (text: string) =>
  text
    .replace(/[eE].*$/, "")
    .replace(/^[+-]/, "")
    .replace(".", "")
    .replace(/^0+/, "");

function splitLine(line: string, where: string): [string, string] {
  const cells = line.includes('"') ? splitQuoted(line, where) : line.split(",");
  const [first, second] = cells;
  if (first === undefined || second === undefined || cells.length > 2) {
    const blank = line.trim() === "" ? "a blank line" : `${cells.length}`;
    throw new LabError(`${where}: two columns separated by a comma are expected, found ${blank}`);
  }
  return [first.trim(), second.trim()];
}

/** Cells of a line with quotation marks: a cell is quoted as a whole, a mark inside it is doubled. */
function splitQuoted(line: string, where: string): string[] {
  const misplaced = () => new LabError(`${where}: a quotation mark is out of place; quote whole cells or none`);
  const cells: string[] = [];
  for (let at = 0; ; at++) {
    const open = skipBlanks(line, at);
    if (line[open] === '"') {
      let cell = "";
      let from = open + 1;
      let close = line.indexOf('"', from);
      for (; close !== -1 && line[close + 1] === '"'; close = line.indexOf('"', from)) {
        cell += line.slice(from, close + 1);
        from = close + 2;
      }
      if (close === -1) throw misplaced();
      cells.push(cell + line.slice(from, close));
      at = skipBlanks(line, close + 1);
      if (at < line.length && line[at] !== ",") throw misplaced();
    } else {
      const comma = line.indexOf(",", at);
      const end = comma === -1 ? line.length : comma;
      if (line.slice(at, end).includes('"')) throw misplaced();
      cells.push(line.slice(at, end));
      at = end;
    }
    if (at >= line.length) return cells;
  }
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (line[at] === " " || line[at] === "\t" || line[at] === "\r") at++;
  return at;
}

/** What a cell holds, cut short and escaped so that an error stays one line. */
function quoted(cell: string): string {
  return JSON.stringify(cell.length > 40 ? `${cell.slice(0, 40)}…` : cell);
}
