import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkout } from "../lib/paths.ts";
import type { BenchRow } from "./bench-row.ts";
import { writeSyntheticResults } from "./synthetic-results.ts";

const runFile = promisify(execFile);

interface Measured {
  seconds: number;
  /** Of all threads: what a machine without other work would need at most. */
  cpuSeconds: number;
  peakMiB: number;
}

/** `lab analyse --json` in a process of its own, with the most memory that the kernel saw it use. */
async function analyse(directory: string): Promise<Measured> {
  const usage =
    "process.on('exit', () => { const u = process.resourceUsage(); process.stderr.write(`used ${u.maxRSS} ${u.userCPUTime + u.systemCPUTime}\\n`) })";
  const start = performance.now();
  const { stdout, stderr } = await runFile(
    process.execPath,
    [
      "--import",
      `data:text/javascript,${encodeURIComponent(usage)}`,
      join(checkout, "cli", "main.ts"),
      "analyse",
      directory,
      "--json",
    ],
    { maxBuffer: 1 << 28 },
  );
  const seconds = (performance.now() - start) / 1000;
  // Packets that cannot be used cost less than those that can.
  const { scenarios } = JSON.parse(stdout) as { scenarios: { rttMs: object }[] };
  if (scenarios.some(({ rttMs }) => "unavailable" in rttMs))
    throw new Error("the synthetic runs are not as they should be");
  const [, peakKiB, cpuUs] = /used (\d+) (\d+)/.exec(stderr) ?? [];
  return { seconds, cpuSeconds: Number(cpuUs) / 1e6, peakMiB: Number(peakKiB) / 1024 };
}

const text = ({ seconds, cpuSeconds, peakMiB }: Measured) =>
  `${seconds.toFixed(1)} s (CPU ${cpuSeconds.toFixed(1)} s), ${peakMiB.toFixed(0)} MiB`;

/** The paper's full grid and, with BENCH_LARGE=1, ten times it: analysed from raw files, and once more unchanged. */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const sizes = process.env.BENCH_LARGE ? [250, 2500] : [25, 250];
  let before: Measured | undefined;
  for (const scenarios of sizes) {
    const directory = await mkdtemp(join(tmpdir(), "bench-analyse-"));
    try {
      writeSyntheticResults(directory, scenarios, 10);
      const first = await analyse(directory);
      const again = await analyse(directory);
      rows.push({
        what: `analyse ${scenarios} scenarios x 10 runs x 100 packets, 4 captures each`,
        value: text(first),
        ...(before && {
          ratios: `${(first.seconds / before.seconds).toFixed(1)} times the tenth of it (CPU ${(first.cpuSeconds / before.cpuSeconds).toFixed(1)})`,
        }),
      });
      rows.push({ what: "the same again, nothing new", value: text(again) });
      before = first;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return rows;
}
