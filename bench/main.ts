import { cpus } from "node:os";
import type { BenchRow } from "./bench-row.ts";

/** Every benchmark by name: what it compares runs side by side in one process. */
const benchmarks: Record<string, () => Promise<{ run(): Promise<BenchRow[]> }>> = {
  analyse: () => import("./analyse.ts"),
  campaign: () => import("./campaign.ts"),
  capture: () => import("./capture.ts"),
  change: () => import("./change.ts"),
  fleet: () => import("./fleet.ts"),
  report: () => import("./report.ts"),
  statistics: () => import("./statistics.ts"),
  step: () => import("./step.ts"),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark ${unknown.join(", ")}: there are ${Object.keys(benchmarks).join(", ")}\n`);
  process.exit(2);
}
process.stdout.write(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? "unknown CPU"}\n`);
for (const [name, load] of Object.entries(benchmarks)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const rows = await (await load()).run();
  const widths = [rows.map(({ what }) => what.length), rows.map(({ value }) => value.length)].map((all) =>
    Math.max(...all),
  );
  process.stdout.write(`\n${name}\n`);
  for (const { what, value, ratios = "" } of rows)
    process.stdout.write(`  ${what.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${ratios}\n`);
}
