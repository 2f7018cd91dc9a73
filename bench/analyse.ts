import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchRow } from "./bench-row.ts";
import { runLab, type UsedByProcess, usedWords } from "./in-own-process.ts";
import { someScenarios, writeSyntheticResults } from "./synthetic-results.ts";

/** `lab analyse --json` in a process of its own. */
async function analyse(directory: string): Promise<UsedByProcess> {
  const { stdout, ...used } = await runLab("analyse", directory, "--json");
  // Packets that cannot be used cost less than those that can.
  const { scenarios } = JSON.parse(stdout) as { scenarios: { rttMs: object }[] };
  if (scenarios.some(({ rttMs }) => "unavailable" in rttMs))
    throw new Error("the synthetic runs are not as they should be");
  return used;
}

/** The paper's full grid and, with BENCH_LARGE=1, ten times it: analysed from raw files, and once more unchanged. */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const sizes = process.env.BENCH_LARGE ? [250, 2500] : [25, 250];
  let before: UsedByProcess | undefined;
  for (const scenarios of sizes) {
    const directory = await mkdtemp(join(tmpdir(), "bench-analyse-"));
    try {
      writeSyntheticResults(directory, someScenarios(scenarios), 10);
      const first = await analyse(directory);
      const again = await analyse(directory);
      rows.push({
        what: `analyse ${scenarios} scenarios x 10 runs x 100 packets, 4 captures each`,
        value: usedWords(first),
        ...(before && {
          ratios: `${(first.seconds / before.seconds).toFixed(1)} times the tenth of it (CPU ${(first.cpuSeconds / before.cpuSeconds).toFixed(1)})`,
        }),
      });
      rows.push({ what: "the same again, nothing new", value: usedWords(again) });
      before = first;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return rows;
}
