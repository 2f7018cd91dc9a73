import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { packetTable, runTable, summaryTable } from "../../../measure/dataset/columns.ts";
import { summarisedMetrics } from "../../../measure/dataset/summary-rows.ts";
import { tablePaths, updateDataset } from "../../../measure/dataset/update.ts";
import { ping } from "../../../measure/probes/ping/probe.ts";
import { blocksIn, textOf } from "../../support/documents.ts";
import { pythonWith } from "../../support/python.ts";
import { sampleResults } from "../../support/samples.ts";

/** What docs/dataset.md tells readers to write. */
const readers = {
  duckdb: `
import duckdb, json, sys
def table(path):
    found = duckdb.sql(f"SELECT * FROM '{path}/*.parquet'")
    return found.columns, found.aggregate("count(*)").fetchone()[0]
median = duckdb.sql(f"SELECT median(rtt_ns) FROM '{sys.argv[1]}/*.parquet' WHERE sender_driver = 'pci-passthrough'").fetchone()[0]
missing = duckdb.sql(f"SELECT count(*) FROM '{sys.argv[1]}/*.parquet' WHERE overhead_ns IS NULL AND overhead_reason IS NOT NULL").fetchone()[0]
print(json.dumps([*[table(path) for path in sys.argv[1:4]], median, missing]))`,
  pyarrow: `
import json, statistics, sys
import pyarrow.compute as pc, pyarrow.parquet as pq
def table(path):
    found = pq.read_table(path)
    return found.column_names, found.num_rows
packets = pq.read_table(sys.argv[1])
pci = packets.filter(pc.equal(packets["sender_driver"], "pci-passthrough"))
median = statistics.median(pci["rtt_ns"].to_pylist())
missing = packets.filter(pc.and_(pc.is_null(packets["overhead_ns"]), pc.is_valid(packets["overhead_reason"]))).num_rows
print(json.dumps([*[table(path) for path in sys.argv[1:4]], median, missing]))`,
};

let python: string;
beforeAll(async () => {
  python = await pythonWith("parquet-readers", ["duckdb==1.4.4", "pyarrow==22.0.0", "pandas==2.3.3"]);
});

test.each(Object.entries(readers))("Python reads the tables with %s", async (_, script) => {
  using results = await sampleResults();
  await updateDataset(results.directory);
  const { packets, runs, summaries } = tablePaths(results.directory);
  const { stdout } = await execa(python, ["-c", script, packets, runs, summaries]);
  const names = (columns: typeof packetTable) => columns.map(({ name }) => name);
  const perRun = summarisedMetrics(ping).length;
  expect(JSON.parse(stdout)).toEqual([
    [names(packetTable), 800],
    [names(runTable), 8],
    [names(summaryTable), 8 * perRun],
    ...[expect.any(Number), 200],
  ]);
  expect(JSON.parse(stdout)[3] / 1e6).toBeCloseTo(1.81, 1);
});

test("Python runs what docs/dataset.md shows", async () => {
  using results = await sampleResults();
  await updateDataset(results.directory);
  const [script = "", ...more] = blocksIn(textOf("docs/dataset.md"), "python");
  expect(more).toEqual([]);
  const { stdout } = await execa(python, ["-c", script.replaceAll('"results/', `"${results.directory}/`)]);
  // Of two runs each: how many, the median RTT over all packets, and the median of the runs' 95th percentiles.
  expect(stdout).toMatch(/^pci-passthrough_\S+ +2$/m);
  expect([...stdout.matchAll(/^pci-passthrough +([\d.]+)$/gm)].map(([, ms]) => Number(ms).toFixed(2))).toEqual([
    "1.81",
    "4.67",
  ]);
});
