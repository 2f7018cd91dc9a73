import { type DuckDBAppender, type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Cell, Column } from "../../study/factor.ts";
import type { Row } from "./run-row.ts";

/** A text as a literal of SQL. */
export const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** A path as a pattern that only the path itself fits: to read_parquet, `[`, `*` and `?` in it are a pattern's. */
export const literalPath = (path: string) => path.replace(/[[*?]/g, (special) => `[${special}]`);

/** Opens a further connection to a database, with temporary tables of its own. */
export type Connect = () => Promise<DuckDBConnection>;

/** Runs `body` with a database in memory that is gone afterwards. */
export async function withDatabase<T>(
  body: (connection: DuckDBConnection, connect: Connect) => Promise<T>,
): Promise<T> {
  // A dataset is read and written part by part, so that little memory is enough whatever its size.
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "384MB", threads: "2" });
  try {
    const connection = await instance.connect();
    try {
      return await body(connection, () => instance.connect());
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** Columns as `CREATE TABLE` takes them. */
export const declaredColumns = (columns: readonly Column[]) =>
  columns.map(({ name, type }) => `"${name}" ${type}`).join(", ");

/** Columns of a table as `SELECT` takes them. */
export const columnNames = (columns: readonly Column[], table: string) =>
  columns.map(({ name }) => `${table}."${name}"`).join(", ");

function append(appender: DuckDBAppender, { name, type }: Column, cell: Cell): void {
  if (cell === null) appender.appendNull();
  else if (typeof cell === "string") appender.appendVarchar(cell);
  else if (typeof cell === "boolean") appender.appendBoolean(cell);
  else if (type === "INTEGER") appender.appendInteger(cell);
  else if (type === "DOUBLE") appender.appendDouble(cell);
  else if (type === "BIGINT") appender.appendBigInt(BigInt(cell));
  else throw new TypeError(`column ${name}: a number does not fit ${type}`);
}

/** Adds a row to a table that has these columns in this order. */
export function appendRow(appender: DuckDBAppender, columns: readonly Column[], row: Row): void {
  for (const column of columns) append(appender, column, row[column.name] ?? null);
  appender.endRow();
}

/** Adds rows to a table that has these columns in this order. */
export async function appendRows(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Column[],
  rows: readonly Row[],
): Promise<void> {
  const appender = await connection.createAppender(table);
  for (const row of rows) appendRow(appender, columns, row);
  appender.closeSync();
}
