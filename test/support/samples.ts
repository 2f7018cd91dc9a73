import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importRuns } from "../../measure/dataset/import/import-runs.ts";

/** Two real runs of four drivers, as somebody made them by hand. */
export const samples = join(import.meta.dirname, "..", "data", "samples");

/** A results directory that is removed when it is disposed of, with the samples in it. */
export async function sampleResults(): Promise<{ directory: string } & Disposable> {
  const directory = mkdtempSync(join(tmpdir(), "lab-dataset-"));
  await importRuns(samples, directory, { fidelity: "emulated" });
  return { directory, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
}
