import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../../../lib/paths.ts";
import { packetTable, runColumns, runTable, snakeCase } from "../../../measure/dataset/columns.ts";
import { packetMetrics } from "../../../study/metric-lists.ts";

test("every column has a name of its own, and docs/dataset.md has it", () => {
  const text = readFileSync(join(checkout, "docs", "dataset.md"), "utf8");
  const metrics = packetMetrics.map(snakeCase);
  const perMetric = (name: string) => metrics.some((metric) => name.startsWith(`${metric}_`));
  for (const table of [packetTable, runTable]) {
    expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
    expect(table.slice(0, runColumns.length)).toEqual(runColumns);
    for (const { name, what } of table) {
      expect(what).not.toBe("");
      if (name === "rtt_jitter_ns" || !perMetric(name)) expect(text).toContain(`\`${name}\``);
    }
  }
  for (const metric of metrics) expect(text).toContain(`\`${metric}\``);
});
