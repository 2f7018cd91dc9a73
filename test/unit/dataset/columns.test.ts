import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../../../lib/paths.ts";
import { packetTable, runColumns, runTable, snakeCase, tableNames, tables } from "../../../measure/dataset/columns.ts";
import { summarisedMetrics } from "../../../measure/dataset/summary-rows.ts";
import { allProbes } from "../../../measure/probes/registry.ts";
import { packetMetrics } from "../../../study/metric-lists.ts";

const text = readFileSync(join(checkout, "docs", "dataset.md"), "utf8");

test.each(tableNames)("every column of %s has a name of its own, and docs/dataset.md has it", (name) => {
  const table = tables[name];
  const metrics = packetMetrics.map(snakeCase);
  const perMetric = (column: string) => metrics.some((metric) => column.startsWith(`${metric}_`));
  expect(new Set(table.map((column) => column.name)).size).toBe(table.length);
  for (const { name: column, what } of table) {
    expect(what).not.toBe("");
    if (column === "rtt_jitter_ns" || !perMetric(column)) expect(text).toContain(`\`${column}\``);
  }
  expect(text).toContain(`results/dataset/${name}.parquet/*.parquet`);
});

test("packets and runs begin with the run and its factors", () => {
  for (const table of [packetTable, runTable]) expect(table.slice(0, runColumns.length)).toEqual(runColumns);
});

test("docs/dataset.md lists what the table of summaries has of each probe", () => {
  const [, below = ""] = text.split("| probe | metric | unit | meaning |\n|---|---|---|---|\n");
  const [listed = ""] = below.split("\n\n");
  const rows = allProbes.flatMap((probe) =>
    summarisedMetrics(probe).map(
      ({ metric, unit, what }) => `| \`${probe.id}\` | \`${metric}\` | \`${unit}\` | ${what} |`,
    ),
  );
  expect(listed.split("\n")).toEqual(rows);
});
