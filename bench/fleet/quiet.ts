import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Progress } from "../../lib/progress.ts";

const windowMs = 3_000;
/** More than this share of all CPUs, and what is measured would wait for others. */
const mostBusy = 0.1;

async function cpuTimes(): Promise<{ busy: number; all: number }> {
  const [first = ""] = (await readFile("/proc/stat", "utf8")).split("\n");
  // user nice system idle iowait irq softirq steal (proc_stat(5))
  const ticks = first.split(/\s+/).slice(1, 9).map(Number);
  const all = ticks.reduce((sum, value) => sum + value, 0);
  return { all, busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0) };
}

async function busyShare(): Promise<number> {
  const before = await cpuTimes();
  await sleep(windowMs);
  const after = await cpuTimes();
  return (after.busy - before.busy) / (after.all - before.all);
}

/** Waits until the machine does little else. All waits of one benchmark together are bounded. */
export class Quiet {
  /** What was busy at most when something began to be measured: a share of all CPUs. */
  worst = 0;
  #leftMs: number;
  readonly #progress: Progress;

  /** @param limitMs for all waits together; when it is used up, no one waits any more */
  constructor(limitMs: number, progress: Progress) {
    this.#leftMs = limitMs;
    this.#progress = progress;
  }

  async wait(): Promise<void> {
    const start = performance.now();
    let busy = await busyShare();
    while (busy > mostBusy && performance.now() - start < this.#leftMs) {
      this.#progress.say(`waiting for a quieter machine (${(100 * busy).toFixed(0)} % of it is busy)`);
      await sleep(windowMs);
      busy = await busyShare();
    }
    this.#leftMs -= performance.now() - start;
    this.worst = Math.max(this.worst, busy);
  }
}
