import { hash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../../study/scenario.ts";
import type { Manifest } from "./manifest.ts";
import { manifestOf } from "./read-manifest.ts";
import { manifestFile } from "./run-files.ts";

/** A run's folder below the results directory. */
export const runFolder = (scenario: Pick<Scenario, "name">, replicate: number, run: number) =>
  join(scenario.name, `rep-${String(replicate).padStart(2, "0")}_run-${String(run).padStart(2, "0")}`);

/** What a look at a run's manifest tells: the manifest when it says that the run counts, else why it does not. */
type ManifestState = { manifest: Manifest; manifestSha256: string } | { missing: string };

/** What a look at a run's folder tells: its manifest and its files when the run counts, else why it does not. */
export type RunState = { manifest: Manifest; manifestSha256: string; files: Map<string, Buffer> } | { missing: string };

/**
 * Looks whether a run counts by its manifest alone: it is whole, says `valid`, and is of this scenario. Whether its files are there is not
 * looked at.
 * @param folder of the run
 */
export function inspectManifest(folder: string, scenarioSha256?: string): ManifestState {
  const path = join(folder, manifestFile);
  if (!existsSync(path)) return { missing: `there is no ${manifestFile}` };
  const text = readFileSync(path);
  const manifest = manifestOf(text.toString());
  if (manifest === undefined) return { missing: `${manifestFile} is not a manifest` };
  if (manifest.status !== "valid") return { missing: `the run is invalid: ${manifest.problems.join("; ")}` };
  if (scenarioSha256 !== undefined && manifest.scenarioSha256 !== scenarioSha256)
    return { missing: "the run is of another scenario" };
  return { manifest, manifestSha256: hash("sha256", text) };
}

/** The files of a run's folder by their names, where every one has the size and SHA-256 that its manifest says; else what has not. */
export function wholeFiles(
  folder: string,
  { files: recorded }: Pick<Manifest, "files">,
): { files: Map<string, Buffer> } | { missing: string } {
  const files = new Map<string, Buffer>();
  for (const [name, { sha256, bytes }] of Object.entries(recorded)) {
    const file = join(folder, name);
    if (!existsSync(file)) return { missing: `${name} is gone` };
    if (statSync(file).size !== bytes) return { missing: `${name} has changed its size` };
    const data = readFileSync(file);
    if (hash("sha256", data) !== sha256) return { missing: `${name} has changed` };
    files.set(name, data);
  }
  return { files };
}

/**
 * Looks whether a run counts: its manifest is whole, says `valid`, is of this scenario, and every file has the recorded
 * size and SHA-256.
 * @param folder of the run
 */
export function inspectRun(folder: string, scenarioSha256?: string): RunState {
  const state = inspectManifest(folder, scenarioSha256);
  if ("missing" in state) return state;
  const found = wholeFiles(folder, state.manifest);
  return "missing" in found ? found : { ...state, ...found };
}

/**
 * What triggers a run: the token it was measured with while its data counts, else a new one, so that a run whose data
 * is missing or spoilt is measured again and one whose data is there is left alone.
 */
export function runToken(folder: string, scenarioSha256: string): string {
  const state = inspectRun(folder, scenarioSha256);
  return "manifest" in state ? state.manifest.token : randomBytes(6).toString("hex");
}
