import { DOUBLE, type DuckDBConnection, DuckDBDataChunk, type DuckDBType, INTEGER } from "@duckdb/node-api";
import { timeMetrics } from "../../study/metric-lists.ts";
import { missingWords } from "../../study/missing.ts";
import type { PacketRecord } from "../probes/ping/matching/packet-record.ts";
import { metricColumns, packetColumns, runColumns, snakeCase } from "./columns.ts";
import { appendRows, columnNames, declaredColumns } from "./database.ts";
import type { Row } from "./run-row.ts";

const chunkRows = 2048;
const numbers: readonly DuckDBType[] = [INTEGER, INTEGER, INTEGER, ...timeMetrics.map(() => DOUBLE)];

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

/** Gathers ping's table, a row per packet, for one part of a dataset. */
export class PacketRows {
  readonly #connection: DuckDBConnection;
  readonly #patterns = new Map<string, number>();
  readonly #patternRows: Row[] = [];
  #chunk = DuckDBDataChunk.create(numbers, chunkRows);
  #columns = numbers.map(() => new Float64Array(chunkRows));
  #used = 0;

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Begins the table. */
  static async open(connection: DuckDBConnection): Promise<PacketRows> {
    const times = timeMetrics.map((metric) => `"${metric}" DOUBLE`).join(", ");
    await connection.run(`
      CREATE TEMP TABLE packet (run_number INTEGER, packet INTEGER, pattern INTEGER, ${times});
      CREATE TEMP TABLE pattern (pattern INTEGER, ${declaredColumns(patternColumns)});`);
    return new PacketRows(connection);
  }

  /** Adds the packets of a run. */
  async add(runNumber: number, packets: readonly PacketRecord[]): Promise<void> {
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

  /** Ends the table. @returns the query that gives it, where the runs are in a table `run` with the key `run_number` */
  async query(): Promise<string> {
    await this.#flush();
    const patternKeyColumn = { name: "pattern", type: "INTEGER", what: "" } as const;
    await appendRows(this.#connection, "pattern", [patternKeyColumn, ...patternColumns], this.#patternRows);
    const metrics = timeMetrics.map((metric) => {
      const name = snakeCase(metric);
      const value = `CASE WHEN isnan(packet."${metric}") THEN NULL ELSE packet."${metric}"::BIGINT END`;
      return `${value} AS ${name}_ns, pattern.${name}_reason, pattern.${name}_flag`;
    });
    return `SELECT ${columnNames(runColumns, "run")}, packet.packet, ${columnNames(packetColumns.slice(1), "pattern")}, ${metrics.join(", ")}
       FROM packet JOIN run USING (run_number) JOIN pattern USING (pattern) ORDER BY packet.run_number, packet.packet`;
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
}
