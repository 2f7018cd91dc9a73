import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDataset, readRows } from "../../../measure/dataset/open.ts";
import { summarisedMetrics } from "../../../measure/dataset/summary-rows.ts";
import { partFiles, tablePaths, updateDataset } from "../../../measure/dataset/update.ts";
import { ping } from "../../../measure/probes/ping/probe.ts";
import { allProbes } from "../../../measure/probes/registry.ts";
import { sampleResults } from "../../support/samples.ts";

const summaries = (directory: string, where: string) =>
  readRows(`SELECT * FROM read_parquet(${partFiles(tablePaths(directory).summaries)}) WHERE ${where} ORDER BY ALL`);

test("summaries have a row for each metric of each run, with values or with the reason why there are none", async () => {
  using results = await sampleResults();
  await updateDataset(results.directory);
  const rows = await summaries(results.directory, "true");
  const declared = summarisedMetrics(ping).map(({ metric, unit }) => `ping ${metric} ${unit}`);
  const runs = new Map<unknown, string[]>();
  for (const row of rows) {
    const run = row.get("run_directory");
    const found = `${row.get("probe")} ${row.get("metric")} ${row.get("unit")}`;
    runs.set(run, [...(runs.get(run) ?? []), found]);
    const quantiles = ["min", "p05", "p25", "median", "p75", "p95", "max"].map((name) => row.get(name) ?? null);
    if (row.get("reason") === null) expect(quantiles).toEqual([...quantiles].sort((a, b) => Number(a) - Number(b)));
    expect(quantiles.filter((value) => value === null)).toHaveLength(row.get("reason") === null ? 0 : quantiles.length);
    expect(row.get("n") === 0).toBe(row.get("reason") !== null);
  }
  expect(runs.size).toBe(8);
  for (const found of runs.values()) expect(found.sort()).toEqual([...declared].sort());
});

test("summaries are those of the packets, and CPU usage is the manifest's", async () => {
  using results = await sampleResults();
  const { directory } = results;
  const { runs } = await openDataset(directory);
  const [first] = runs;
  const where = `run_directory = '${first?.directory}'`;
  const [rtt] = await summaries(directory, `${where} AND metric = 'rtt'`);
  const [packets] = await readRows(
    `SELECT count(rtt_ns) AS n, min(rtt_ns)::DOUBLE AS min, quantile_cont(rtt_ns, 0.25) AS p25, median(rtt_ns) AS median, max(rtt_ns)::DOUBLE AS max
     FROM read_parquet(${partFiles(tablePaths(directory).packets)}) WHERE ${where} AND rtt_flag IS NULL`,
  );
  for (const [name, value] of packets ?? []) expect(rtt?.get(name), name).toBe(value);
  const [during] = await summaries(directory, `${where} AND metric = 'cpu_sender_during'`);
  expect([during?.get("n"), during?.get("median"), during?.get("unit")]).toEqual([1, first?.cpu.cpuSender, "%"]);
  const before = await summaries(directory, "metric = 'cpu_responder_before'");
  expect(new Set(before.map((row) => row.get("reason")))).toEqual(new Set(["there is no window before the probe"]));
});

/** A run of the samples: its folder, its manifest, and what that says of its only probe. */
function passthroughRun(directory: string) {
  const scenario = readdirSync(directory).find((name) => name.startsWith("pci")) ?? "";
  const folder = join(scenario, "rep-01_run-01");
  const path = join(directory, folder, "manifest.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  return { folder, path, manifest, record: manifest.probes[0] };
}

test("a probe that is not known has its CPU usage in the summaries, and nothing else", async () => {
  using results = await sampleResults();
  const { directory } = results;
  const { path, manifest, record } = passthroughRun(directory);
  const other = {
    ...record,
    id: "other",
    cpu: { ...record.cpu, sender: { ...record.cpu.sender, beforeSamples: [0, 1] } },
  };
  writeFileSync(path, JSON.stringify({ ...manifest, probes: [record, other] }));
  expect(await updateDataset(directory)).toMatchObject({ runs: 8, leftOut: [] });
  const found = await summaries(directory, "probe = 'other'");
  expect(found.map((row) => [row.get("metric"), row.get("median")])).toEqual([
    ["cpu_responder_before", null],
    ["cpu_responder_during", record.cpu.responder.during],
    ["cpu_sender_before", record.cpu.sender.before],
    ["cpu_sender_during", record.cpu.sender.during],
  ]);
});

test("a run is left out where a known probe cannot read what it was told", async () => {
  using results = await sampleResults();
  const { directory } = results;
  const { folder, path, manifest, record } = passthroughRun(directory);
  writeFileSync(path, JSON.stringify({ ...manifest, probes: [record, { ...record, id: "other", parameters: {} }] }));
  const probes = [...allProbes, ...allProbes.map((probe) => ({ ...probe, id: "other" }))];
  const { leftOut } = await updateDataset(directory, { probes });
  expect(leftOut).toEqual([
    {
      folder,
      why: expect.stringContaining("probe other: its parameters in manifest.json are {}, not what it takes:"),
    },
  ]);
});
