import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDataset, readRows } from "../../../measure/dataset/open.ts";
import { partFiles, tablePaths } from "../../../measure/dataset/update.ts";
import { inspectRun } from "../../../measure/results/token.ts";
import { sampleResults } from "../../support/samples.ts";

const order = { kind: "random", seed: Number.MAX_SAFE_INTEGER, block: 1, position: 3, positions: 4 } as const;

it("a run without an order counts, one with an order is read with it, and a wrong one does not count", async () => {
  using results = await sampleResults();
  const [first, second] = (await openDataset(results.directory)).runs.map(({ directory }) => directory);
  const change = (folder: string, value: object) => {
    const path = join(results.directory, folder, "manifest.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...value }));
  };
  change(first!, { order });
  change(second!, { order: { ...order, position: 0 } });
  expect(inspectRun(join(results.directory, second!))).toEqual({ missing: "manifest.json is not a manifest" });
  const { runs } = await openDataset(results.directory);
  expect(runs.map((run) => run.order)).toEqual([order, ...new Array(6).fill(null)]);
  expect(runs[0]?.started).toMatch(/^\d{4}-\d\d-\d\dT/);
});

it("a run records its campaign, and a wrong name of one does not count", async () => {
  using results = await sampleResults();
  const [first, second] = (await openDataset(results.directory)).runs.map(({ directory }) => directory);
  const change = (folder: string, value: object) => {
    const path = join(results.directory, folder, "manifest.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...value }));
  };
  change(first!, { order: { ...order, campaign: "a1b2c3" } });
  change(second!, { order: { ...order, campaign: "a b" } });
  const { runs, update } = await openDataset(results.directory);
  expect(runs[0]?.order).toEqual({ ...order, campaign: "a1b2c3" });
  expect(update.leftOut.map(({ folder }) => folder)).toEqual([second]);
});

it("a run records its whole plot and its place in it, and the VMs that it was measured in by their boots", async () => {
  using results = await sampleResults();
  const folders = (await openDataset(results.directory)).runs.map(({ directory }) => directory);
  const plotted = { ...order, kind: "split-plot", plot: 2, plotPosition: 3 };
  const boots = [
    { sender: "a 1", responder: "b 1" },
    { sender: "a 1", responder: "b 1" },
    { sender: "a 1", responder: "b 2" },
    { sender: "a 1", responder: "" },
  ];
  for (const [index, deployment] of boots.entries()) {
    const path = join(results.directory, folders[index]!, "manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...manifest, order: plotted, deployment }));
  }
  const { runs } = await openDataset(results.directory);
  expect(runs[0]?.order).toEqual(plotted);
  const [first, second, third, fourth] = runs.map(({ mainVms }) => mainVms);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(second).toBe(first);
  expect(third).toMatch(/^[0-9a-f]{64}$/);
  expect(third).not.toBe(first);
  expect(fourth).toBeNull();
});

it("the table of runs has the order in columns that SQL reads exactly", async () => {
  using results = await sampleResults();
  const path = join(results.directory, (await openDataset(results.directory)).runs[0]!.directory, "manifest.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), order }));
  await openDataset(results.directory);
  const [row] = await readRows(
    `SELECT order_kind, order_seed::VARCHAR AS seed, block, position, positions
     FROM read_parquet(${partFiles(tablePaths(results.directory).runs)}) WHERE order_kind IS NOT NULL`,
  );
  expect([...row!.values()]).toEqual(["random", "9007199254740991", 1, 3, 4]);
});
