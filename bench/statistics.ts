import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hodgesLehmann } from "../measure/statistics/hodges-lehmann.ts";
import { kendall } from "../measure/statistics/kendall.ts";
import { mannWhitney } from "../measure/statistics/mann-whitney.ts";
import { type Random, seededRandom } from "../measure/statistics/random.ts";
import { wilcoxon } from "../measure/statistics/wilcoxon.ts";
import type { BenchRow } from "./bench-row.ts";
import { startScipy } from "./scipy.ts";

const n = Number(process.env.BENCH_PAIRS ?? 1_000_000);
const rounds = 5;

const OURS = {
  wilcoxon: (x: Float64Array, y: Float64Array) => wilcoxon(x, y, { method: "asymptotic" }),
  mannwhitney: (x: Float64Array, y: Float64Array) => mannWhitney(x, y, { method: "asymptotic" }),
  kendall: (x: Float64Array, y: Float64Array) => kendall(x, y, { method: "asymptotic" }),
};

/**
 * The rank tests of a million pairs, against SciPy on the same data. The two take turns, so that what else the machine does
 * meets both; the best of five rounds counts for each, and they have to agree.
 */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [kind, step] of [
    ["all different", 0],
    ["rounded to 1/128", 1 / 128],
  ] as const) {
    rows.push(...(await compare(kind, ...samples(step))));
  }
  const [x, y] = samples(0);
  rows.push({ what: `Hodges-Lehmann with interval, ${n} pairs`, value: ms(timed(() => hodgesLehmann(x, y))) });
  return rows;
}

async function compare(kind: string, x: Float64Array, y: Float64Array): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "bench-statistics-"));
  const [xFile, yFile] = [join(folder, "x"), join(folder, "y")];
  await Promise.all([writeFile(xFile, x), writeFile(yFile, y)]);
  const scipy = await startScipy(xFile, yFile);
  try {
    const rows: BenchRow[] = [];
    for (const [test, body] of Object.entries(OURS)) {
      let [ours, theirs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (let round = 0; round < rounds; round++) {
        const start = performance.now();
        const { pValue } = body(x, y);
        ours = Math.min(ours, performance.now() - start);
        const reference = await scipy.run(test);
        theirs = Math.min(theirs, reference.ms);
        if (pValue === null || Math.abs(pValue - reference.pValue) > 1e-7 * reference.pValue) {
          throw new Error(`${test}: p = ${pValue}, but SciPy has ${reference.pValue}`);
        }
      }
      rows.push({
        what: `${test}, ${n} pairs, ${kind}`,
        value: ms(ours),
        ratios: `SciPy ${scipy.versions.scipy} ${ms(theirs)}: ours takes ${(ours / theirs).toFixed(2)} of its time`,
      });
    }
    return rows;
  } finally {
    await scipy.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Two samples of round-trip times in milliseconds, weakly correlated; with `step` rounded to its multiples. A power of two, because of
 * decimal data SciPy misses ties that are seen here.
 */
function samples(step: number): [Float64Array, Float64Array] {
  const random = seededRandom(1);
  const round = (value: number) => (step === 0 ? value : Math.round(value / step) * step);
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const shared = exponential(random);
    x[i] = round(exponential(random) + 0.1 * shared);
    y[i] = round(1.002 * exponential(random) + 0.01 * shared + 0.09);
  }
  return [x, y];
}

const exponential = (random: Random) => -Math.log(1 - random.uniform());

const ms = (time: number) => `${time.toFixed(1)} ms`;

function timed(body: () => unknown): number {
  const start = performance.now();
  body();
  return performance.now() - start;
}
