import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../lib/canonical.ts";
import type { Manifest } from "../../measure/results/manifest.ts";
import { manifestFile } from "../../measure/results/run-files.ts";
import { sampleResults } from "./samples.ts";

/** What a run made from a sample is. */
export interface SampleRun {
  driver: string;
  replicate: number;
  /** Pair of servers; 1 is what the samples were measured on. */
  pair?: number;
  name?: string;
  order?: Manifest["order"];
  /** Why it does not count. */
  problem?: string;
}

const fileWithSpace = "mpstat-sender.json";

/** Its manifest, with the sums of its files. */
function rewritten(manifest: Manifest, made: SampleRun, file: string, data: string): Manifest {
  const { pair = 1, problem, order } = made;
  const factors = { ...manifest.scenario.factors, ...(pair > 1 && { serverPair: pair }) };
  const hash = sha256(canonicalJson(factors));
  const name = made.name ?? `${manifest.scenario.name}${pair > 1 ? `_pair${pair}` : ""}`;
  return {
    ...manifest,
    scenario: { ...manifest.scenario, name, factors, sha256: hash },
    scenarioSha256: hash,
    ...{ replicate: made.replicate, run: 1, ...(order && { order }) },
    ...(problem !== undefined && { status: "invalid", problems: [problem] }),
    files: { ...manifest.files, [file]: { sha256: sha256(data), bytes: Buffer.byteLength(data) } },
  };
}

/**
 * A results directory of runs made from the samples: real files, of which one has spaces more at its end, so that no run is a copy of
 * another. It is removed when it is disposed of.
 */
export async function resultsOf(runs: readonly SampleRun[]): Promise<{ directory: string } & Disposable> {
  const results = await sampleResults();
  const { directory } = results;
  const samples = readdirSync(directory);
  for (const [index, made] of runs.entries()) {
    const sample = samples.find((name) => name.startsWith(made.driver)) ?? "";
    const from = join(directory, sample, `rep-01_run-0${1 + (made.replicate % 2)}`);
    const to = join(
      directory,
      "made",
      `${made.problem === undefined ? "" : "invalid_"}run-${String(index).padStart(3, "0")}`,
    );
    cpSync(from, to, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(to, manifestFile), "utf8")) as Manifest;
    const file = Object.keys(manifest.files).find((path) => path.endsWith(fileWithSpace)) ?? "";
    const data = `${readFileSync(join(to, file), "utf8")}${" ".repeat(index + 1)}`;
    writeFileSync(join(to, file), data);
    writeFileSync(join(to, manifestFile), JSON.stringify(rewritten(manifest, made, file, data)));
  }
  return { directory: join(directory, "made"), [Symbol.dispose]: () => results[Symbol.dispose]() };
}
