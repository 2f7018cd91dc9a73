import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkout } from "../lib/paths.ts";

const runFile = promisify(execFile);

/** What a command needed. */
export interface UsedByProcess {
  seconds: number;
  /** Of all threads: what a machine without other work would need at most. */
  cpuSeconds: number;
  peakMiB: number;
}

const usage =
  "process.on('exit', () => { const u = process.resourceUsage(); process.stderr.write(`used ${u.maxRSS} ${u.userCPUTime + u.systemCPUTime}\\n`) })";

/** Runs a command of `lab` in a process of its own, with the most memory that the kernel saw it use. */
export async function runLab(...words: readonly string[]): Promise<UsedByProcess & { stdout: string }> {
  const start = performance.now();
  const { stdout, stderr } = await runFile(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(usage)}`, join(checkout, "cli", "main.ts"), ...words],
    { maxBuffer: 1 << 28 },
  );
  const seconds = (performance.now() - start) / 1000;
  const [, peakKiB, cpuUs] = /used (\d+) (\d+)/.exec(stderr) ?? [];
  return { stdout, seconds, cpuSeconds: Number(cpuUs) / 1e6, peakMiB: Number(peakKiB) / 1024 };
}

/** "15.5 s (CPU 9.5 s), 399 MiB". */
export const usedWords = ({ seconds, cpuSeconds, peakMiB }: UsedByProcess): string =>
  `${seconds.toFixed(1)} s (CPU ${cpuSeconds.toFixed(1)} s), ${peakMiB.toFixed(0)} MiB`;
