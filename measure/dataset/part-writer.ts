import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DOUBLE, type DuckDBConnection, DuckDBDataChunk, type DuckDBType, INTEGER } from "@duckdb/node-api";
import { temporaryBeside } from "../../lib/publish.ts";
import type { Column } from "../../study/factor.ts";
import { timeMetrics } from "../../study/metric-lists.ts";
import { missingWords } from "../../study/missing.ts";
import type { PacketRecord } from "../probes/ping/matching/packet-record.ts";
import { metricColumns, packetColumns, runColumns, runTable, schemaVersion, snakeCase } from "./columns.ts";
import { appendRows, type Connect, quoted } from "./database.ts";
import type { Row } from "./run-row.ts";

const chunkRows = 2048;
const numbers: readonly DuckDBType[] = [INTEGER, INTEGER, INTEGER, ...timeMetrics.map(() => DOUBLE)];

const declared = (columns: readonly Column[]) => columns.map(({ name, type }) => `"${name}" ${type}`).join(", ");
const names = (columns: readonly Column[], table: string) => columns.map(({ name }) => `${table}."${name}"`).join(", ");

/** What packets have besides times is mostly alike, and kept once: reasons, flags, losses. */
const patternColumns = [
  ...packetColumns.slice(1),
  ...timeMetrics.flatMap((metric) => metricColumns(metric).slice(1)),
] as const;

const patternCells = ({ lost, lastSeen, duplicates, reordered, missing, flags }: PacketRecord): Row => ({
  lost,
  last_seen: lastSeen,
  duplicates,
  reordered,
  ...Object.fromEntries(
    timeMetrics.flatMap((metric) => {
      const why = missing[metric];
      return [
        [`${snakeCase(metric)}_reason`, why === undefined ? null : missingWords(why)],
        [`${snakeCase(metric)}_flag`, flags[metric] ?? null],
      ];
    }),
  ),
});

/** The same text for packets with the same pattern; that of most packets, which have nothing to tell, costs nothing. */
function patternKey({ lost, lastSeen, duplicates, reordered, missing, flags }: PacketRecord): string {
  if (lost === false && duplicates === 0 && !reordered && isEmpty(missing) && isEmpty(flags)) return "";
  return JSON.stringify([lost, lastSeen, duplicates, reordered, missing, flags]);
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

/** Writes one part of a dataset: the packets of some runs, and a row for each of the runs. */
export class PartWriter {
  readonly #connection: DuckDBConnection;
  readonly #patterns = new Map<string, number>();
  readonly #patternRows: Row[] = [];
  readonly #runs: Row[] = [];
  #chunk = DuckDBDataChunk.create(numbers, chunkRows);
  #columns = numbers.map(() => new Float64Array(chunkRows));
  #used = 0;

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Begins a part, on a connection of its own: while one part is written, the next can be gathered. */
  static async open(connect: Connect): Promise<PartWriter> {
    const connection = await connect();
    const times = timeMetrics.map((metric) => `"${metric}" DOUBLE`).join(", ");
    await connection.run(`
      CREATE TEMP TABLE packet (run_number INTEGER, packet INTEGER, pattern INTEGER, ${times});
      CREATE TEMP TABLE pattern (pattern INTEGER, ${declared(patternColumns)});
      CREATE TEMP TABLE run (run_number INTEGER, ${declared(runTable)});`);
    return new PartWriter(connection);
  }

  /** Adds a run. */
  async add(row: Row, packets: readonly PacketRecord[]): Promise<void> {
    const runNumber = this.#runs.length;
    this.#runs.push({ ...row, run_number: runNumber });
    for (const packet of packets) {
      const at = this.#used++;
      this.#set(0, at, runNumber);
      this.#set(1, at, packet.index);
      this.#set(2, at, this.#patternOf(packet));
      for (const [column, metric] of timeMetrics.entries())
        this.#set(column + 3, at, packet.values[metric] ?? Number.NaN);
      if (this.#used === chunkRows) await this.#flush();
    }
  }

  /** Publishes the part's two files, each as a whole; the runs come last, for without them the packets do not count. */
  async publish(packetsPath: string, runsPath: string): Promise<void> {
    try {
      await this.#write(packetsPath, runsPath);
    } finally {
      this.#connection.closeSync();
    }
  }

  /** Forgets what was gathered. */
  discard(): void {
    this.#connection.closeSync();
  }

  async #write(packetsPath: string, runsPath: string): Promise<void> {
    await this.#flush();
    const key = { name: "run_number", type: "INTEGER", what: "" } as const;
    const patternKeyColumn = { name: "pattern", type: "INTEGER", what: "" } as const;
    await appendRows(this.#connection, "pattern", [patternKeyColumn, ...patternColumns], this.#patternRows);
    await appendRows(this.#connection, "run", [key, ...runTable], this.#runs);
    const metrics = timeMetrics.map((metric) => {
      const name = snakeCase(metric);
      const value = `CASE WHEN isnan(packet."${metric}") THEN NULL ELSE packet."${metric}"::BIGINT END`;
      return `${value} AS ${name}_ns, pattern.${name}_reason, pattern.${name}_flag`;
    });
    await this.#copy(
      `SELECT ${names(runColumns, "run")}, packet.packet, ${names(packetColumns.slice(1), "pattern")}, ${metrics.join(", ")}
       FROM packet JOIN run USING (run_number) JOIN pattern USING (pattern) ORDER BY packet.run_number, packet.packet`,
      packetsPath,
    );
    await this.#copy(`SELECT ${names(runTable, "run")} FROM run ORDER BY run_number`, runsPath);
  }

  #set(column: number, at: number, value: number): void {
    (this.#columns[column] as Float64Array)[at] = value;
  }

  #patternOf(packet: PacketRecord): number {
    const key = patternKey(packet);
    const known = this.#patterns.get(key);
    if (known !== undefined) return known;
    const pattern = this.#patterns.size;
    this.#patterns.set(key, pattern);
    this.#patternRows.push({ pattern, ...patternCells(packet) });
    return pattern;
  }

  async #flush(): Promise<void> {
    if (this.#used === 0) return;
    const appender = await this.#connection.createAppender("packet");
    this.#chunk.reset();
    this.#chunk.rowCount = this.#used;
    for (const [column, values] of this.#columns.entries())
      this.#chunk.setColumnValues(column, Array.from(values.subarray(0, this.#used)));
    appender.appendDataChunk(this.#chunk);
    appender.closeSync();
    this.#used = 0;
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
