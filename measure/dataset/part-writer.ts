import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import { temporaryBeside } from "../../lib/publish.ts";
import type { PacketRecord } from "../probes/ping/matching/packet-record.ts";
import { runTable, schemaVersion, summaryTable, type TableName, tableNames } from "./columns.ts";
import { appendRow, appendRows, type Connect, columnNames, declaredColumns, quoted } from "./database.ts";
import { PacketRows } from "./packet-rows.ts";
import type { Row } from "./run-row.ts";

/** What the tables have of one run. */
interface RunRows {
  run: Row;
  summaries: readonly Row[];
  packets: readonly PacketRecord[];
}

/** Writes one part of a dataset: of some runs what each of the tables has. */
export class PartWriter {
  readonly #connection: DuckDBConnection;
  readonly #packets: PacketRows;
  /** Hands rows over at once: there are many of a run, and here they would make Node.js's heap half as large again. */
  readonly #summaries: DuckDBAppender;
  readonly #runs: Row[] = [];

  private constructor(connection: DuckDBConnection, packets: PacketRows, summaries: DuckDBAppender) {
    this.#connection = connection;
    this.#packets = packets;
    this.#summaries = summaries;
  }

  /** Begins a part, on a connection of its own: while one part is written, the next can be gathered. */
  static async open(connect: Connect): Promise<PartWriter> {
    const connection = await connect();
    await connection.run(`
      CREATE TEMP TABLE run (run_number INTEGER, ${declaredColumns(runTable)});
      CREATE TEMP TABLE summary (${declaredColumns(summaryTable)});`);
    const packets = await PacketRows.open(connection);
    return new PartWriter(connection, packets, await connection.createAppender("summary"));
  }

  /** Adds a run. */
  async add({ run, summaries, packets }: RunRows): Promise<void> {
    const runNumber = this.#runs.length;
    this.#runs.push({ ...run, run_number: runNumber });
    for (const row of summaries) appendRow(this.#summaries, summaryTable, row);
    await this.#packets.add(runNumber, packets);
  }

  /** Publishes the part's files, a table each and each as a whole; the runs come last, for without them the others do not count. */
  async publish(paths: Record<TableName, string>): Promise<void> {
    try {
      const queries = await this.#queries();
      for (const name of tableNames) await this.#copy(queries[name], paths[name]);
    } finally {
      this.#connection.closeSync();
    }
  }

  /** Forgets what was gathered. */
  discard(): void {
    this.#summaries.closeSync();
    this.#connection.closeSync();
  }

  async #queries(): Promise<Record<TableName, string>> {
    const key = { name: "run_number", type: "INTEGER", what: "" } as const;
    await appendRows(this.#connection, "run", [key, ...runTable], this.#runs);
    this.#summaries.closeSync();
    return {
      packets: await this.#packets.query(),
      summaries: "SELECT * FROM summary",
      runs: `SELECT ${columnNames(runTable, "run")} FROM run ORDER BY run_number`,
    };
  }

  async #copy(query: string, path: string): Promise<void> {
    const temporary = temporaryBeside(path);
    try {
      await this.#connection.run(
        `COPY (${query}) TO ${quoted(temporary)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, KV_METADATA {schema_version: '${schemaVersion}'})`,
      );
      await sync(temporary);
      await rename(temporary, path);
      await sync(dirname(path));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
