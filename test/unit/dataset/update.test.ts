import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tableNames, tables } from "../../../measure/dataset/columns.ts";
import { findRuns } from "../../../measure/dataset/find-runs.ts";
import { openDataset, readRows } from "../../../measure/dataset/open.ts";
import { pooledSummaries, readPacketValues } from "../../../measure/dataset/packet-values.ts";
import { partFiles, tablePaths, updateDataset } from "../../../measure/dataset/update.ts";
import { ping } from "../../../measure/probes/ping/probe.ts";
import { temporaryFolder } from "../../support/report.ts";
import { sampleResults } from "../../support/samples.ts";

const parts = (directory: string) =>
  Object.values(tablePaths(directory)).flatMap((table) =>
    readdirSync(table).map((name) => `${name} ${statSync(join(table, name)).mtimeMs}`),
  );

test("has a row per packet and run, in the documented columns, with reasons where a metric is unavailable", async () => {
  using results = await sampleResults();
  const report = await updateDataset(results.directory);
  expect(report).toMatchObject({ runs: 8, derived: 8, removedParts: [], leftOut: [], setAside: [] });
  const paths = tablePaths(results.directory);
  for (const table of tableNames) {
    const described = await readRows(`DESCRIBE SELECT * FROM read_parquet(${partFiles(paths[table])})`);
    expect(described.map((row) => [row.get("column_name"), row.get("column_type")])).toEqual(
      tables[table].map(({ name, type }) => [name, type]),
    );
  }
  const counted = await readRows(
    `SELECT sender_driver, count(*) AS packets, count(rtt_ns) AS rtt, count(overhead_ns) AS overhead,
       count(overhead_reason) AS reasons, min(overhead_reason) AS reason FROM read_parquet(${partFiles(paths.packets)}) GROUP BY ALL ORDER BY 1`,
  );
  expect(counted.map((row) => [...row.values()])).toEqual([
    ["e1000-bridge", 200, 200, 200, 0, null],
    ["macvtap-passthrough", 200, 200, 200, 0, null],
    ["pci-passthrough", 200, 200, 0, 200, "sender.nic: sender-nic.pcap is there and holds none of ping's packets"],
    ["virtio-bridge", 200, 200, 200, 0, null],
  ]);
});

test("agrees with ping and with the figures that were taken by hand", async () => {
  using results = await sampleResults();
  const { runs } = await openDataset(results.directory);
  const medians = runs.map(({ mains, run, metrics: { rtt, overhead, responseTime } }) => [
    `${mains.sender} ${run}`,
    ...[rtt, overhead, responseTime].map((one) => ("median" in one ? (one.median / 1e6).toFixed(2) : "unavailable")),
  ]);
  // test/data/samples/README.md
  expect(medians).toEqual([
    ["e1000-bridge 1", "17.25", "6.71", "7.12"],
    ["e1000-bridge 2", "18.78", "7.61", "8.29"],
    ["macvtap-passthrough 1", "8.60", "3.35", "3.55"],
    ["macvtap-passthrough 2", "11.40", "3.66", "5.07"],
    ["pci-passthrough 1", "1.48", "unavailable", "unavailable"],
    ["pci-passthrough 2", "2.06", "unavailable", "unavailable"],
    ["virtio-bridge 1", "13.93", "5.50", "5.73"],
    ["virtio-bridge 2", "13.58", "4.16", "6.23"],
  ]);
  const [first] = runs;
  const values = (await readPacketValues(tablePaths(results.directory).packets, "rtt")).get(first?.directory ?? "");
  expect(values?.packets).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(Math.max(...(values?.values.map((value) => value ?? 0) ?? []))).toBe(
    first && "max" in first.metrics.rtt ? first.metrics.rtt.max : null,
  );
  const pooled = await pooledSummaries({ tables: tablePaths(results.directory), copies: [] }, "rtt");
  expect(pooled.get(first?.scenarioSha256 ?? "")?.n).toBe(200);
  expect((await pooledSummaries({ tables: tablePaths(results.directory), copies: [] }, "overhead")).size).toBe(3);
});

test("tables that are kept elsewhere are the same, and the results directory stays as it was", async () => {
  using results = await sampleResults();
  using elsewhere = temporaryFolder();
  const before = readdirSync(results.directory, { recursive: true });
  const { runs, tables } = await openDataset(results.directory, { tablesIn: elsewhere.path });
  expect(readdirSync(results.directory, { recursive: true })).toEqual(before);
  expect(await pooledSummaries({ tables, copies: [] }, "rtt")).toEqual(
    await openDataset(results.directory).then((dataset) => pooledSummaries(dataset, "rtt")),
  );
  expect(runs).toHaveLength(8);
});

test("is incremental: a new run adds a part, and no other file is touched", async () => {
  using results = await sampleResults();
  const { directory } = results;
  const scenario = readdirSync(directory).find((name) => name.startsWith("virtio-bridge")) ?? "";
  const [run, away] = [join(directory, scenario, "rep-01_run-02"), join(directory, ".away")];
  renameSync(run, away);
  expect(await updateDataset(directory)).toMatchObject({ runs: 7, derived: 7 });
  const before = parts(directory);
  expect(await updateDataset(directory)).toMatchObject({ runs: 7, derived: 0 });
  expect(parts(directory)).toEqual(before);
  renameSync(away, run);
  expect(await updateDataset(directory)).toMatchObject({ runs: 8, derived: 1, removedParts: [] });
  expect(parts(directory)).toEqual(expect.arrayContaining(before));
  expect(parts(directory)).toHaveLength(before.length + tableNames.length);

  // A run that goes takes its part with it; the others of that part are derived again.
  rmSync(run, { recursive: true });
  expect(await updateDataset(directory)).toMatchObject({ runs: 7, derived: 0, removedParts: [expect.any(String)] });
  expect(parts(directory)).toEqual(before);
});

test("leaves out what does not count, and says why", async () => {
  using results = await sampleResults();
  const { directory } = results;
  await updateDataset(directory);
  const [scenario = ""] = readdirSync(directory).filter((name) => name.startsWith("macvtap"));
  const spoilt = join(directory, scenario, "rep-01_run-01");
  writeFileSync(join(spoilt, "ping", "ping.txt"), `${readFileSync(join(spoilt, "ping", "ping.txt"), "utf8")}\n`);
  cpSync(join(directory, scenario, "rep-01_run-02"), join(directory, scenario, "invalid_rep-01_run-03_x"), {
    recursive: true,
  });
  mkdirSync(join(directory, scenario, "rep-01_run-04.tmp-1-x"));
  const report = await updateDataset(directory);
  expect(report).toMatchObject({
    runs: 7,
    derived: 7,
    leftOut: [{ folder: join(scenario, "rep-01_run-01"), why: "ping/ping.txt has changed its size" }],
    setAside: [join(scenario, "invalid_rep-01_run-03_x")],
  });
  expect(report.removedParts).toHaveLength(1);
});

/** How many tables a part was renamed into before the update was killed: each in its turn, the runs last. */
test.each(tableNames.map((_, written) => written))(
  "removes what an update left that was killed when %i of a part's tables were written",
  async (written) => {
    using results = await sampleResults();
    const paths = tablePaths(results.directory);
    await updateDataset(results.directory);
    const [part = ""] = readdirSync(paths.runs);
    for (const table of tableNames.slice(written)) rmSync(join(paths[table], part));
    for (const table of tableNames.slice(written, written + 1))
      writeFileSync(join(paths[table], `${part}.tmp-1-abc`), "");
    expect(await updateDataset(results.directory)).toMatchObject({ runs: 8, derived: 8 });
    for (const table of tableNames) expect(readdirSync(paths[table])).toEqual([part]);
  },
);

test.each(tableNames)("derives a part anew that %s does not have", async (missing) => {
  using results = await sampleResults();
  const paths = tablePaths(results.directory);
  await updateDataset(results.directory);
  const [part = ""] = readdirSync(paths.runs);
  rmSync(join(paths[missing], part));
  expect(await updateDataset(results.directory)).toMatchObject({ runs: 8, derived: 8, removedParts: [part] });
  for (const table of tableNames) expect(readdirSync(paths[table])).toEqual([part]);
});

test("derives anew what is of another version, of other metrics, and all of it when that is asked for", async () => {
  using results = await sampleResults();
  const { directory } = results;
  const paths = tablePaths(directory);
  await updateDataset(directory);
  const [part = ""] = readdirSync(paths.runs);
  const old = part.replace(/^v\d+/, "v0");
  for (const table of tableNames) renameSync(join(paths[table], part), join(paths[table], old));
  expect(await updateDataset(directory)).toMatchObject({ runs: 8, derived: 8, removedParts: [old] });
  for (const table of tableNames) expect(readdirSync(paths[table])).toEqual([part]);

  const more = { values: () => [1], unit: "1" as const, what: "made up" };
  const probes = [{ ...ping, metrics: { ...ping.metrics, more } }];
  expect(await updateDataset(directory, { probes })).toMatchObject({ runs: 8, derived: 8, removedParts: [part] });
  expect(await updateDataset(directory, { probes })).toMatchObject({ runs: 8, derived: 0 });
  expect(await updateDataset(directory)).toMatchObject({ runs: 8, derived: 8 });
  expect(await updateDataset(directory, { rebuild: true })).toMatchObject({ runs: 8, derived: 8 });
});

test("finds runs at any depth, and refuses what is no directory of runs", async () => {
  using results = await sampleResults();
  const before = findRuns(results.directory).runs;
  const [first = ""] = before;
  cpSync(join(results.directory, first), join(results.directory, "demo", first), { recursive: true });
  expect(findRuns(results.directory).runs).toEqual([join("demo", first), ...before].sort());
  expect(() => findRuns(join(results.directory, "nope"))).toThrow(/nope is no directory/);
  const empty = join(results.directory, "empty");
  mkdirSync(empty);
  await expect(openDataset(empty)).rejects.toThrow("holds no run that counts");
  expect(existsSync(join(empty, "dataset"))).toBe(true);
});

test.each(["hardware", "emulated-virtual"])("does not mix runs of emulated servers with %s", async (other) => {
  using results = await sampleResults();
  const { runs } = findRuns(results.directory);
  const manifest = join(results.directory, runs[0] ?? "", "manifest.json");
  writeFileSync(
    manifest,
    readFileSync(manifest, "utf8").replace(
      '"fidelity": "emulated",\n  "replicate"',
      `"fidelity": "${other}",\n  "replicate"`,
    ),
  );
  await expect(openDataset(results.directory)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(new RegExp(`(${other} and emulated|emulated and ${other}) servers are not mixed`)),
  });
});
