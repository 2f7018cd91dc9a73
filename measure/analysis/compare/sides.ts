import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { LabError } from "../../../lib/errors.ts";
import { type Dataset, openDataset } from "../../dataset/open.ts";
import type { RunRecord } from "../../dataset/run-record.ts";
import { manifestFile } from "../../results/run-files.ts";

/** One side of a comparison. */
export interface Side {
  /** As it was asked for. */
  name: string;
  /** Results directory that the runs are in. */
  directory: string;
  fidelity: string;
  runs: RunRecord[];
  /** Runs of it that were measured and do not count, without values. */
  lost?: RunRecord[];
}

export interface SidesOptions {
  /** Where scenarios are looked up by name. */
  results: string;
  /** Folders of a stack's latest runs, when there is such a stack. */
  runsOfStack: (name: string) => Promise<string[] | undefined>;
  say?: (line: string) => void;
}

const isRun = (folder: string) => existsSync(join(folder, manifestFile));

/** A folder of runs belongs to the results directory above it. */
function rootOf(folder: string): string {
  if (isRun(folder)) return dirname(dirname(folder));
  const holdsRuns = readdirSync(folder, { withFileTypes: true }).some(
    (entry) => entry.isDirectory() && isRun(join(folder, entry.name)),
  );
  return holdsRuns ? dirname(folder) : folder;
}

/** What a word may mean inside a results directory: a scenario's name or its start, its hash's start, a driver of both Main VMs. */
function matching(runs: readonly RunRecord[], word: string): RunRecord[] {
  const exact = runs.filter(
    ({ scenario, mains }) => scenario === word || (mains.sender === word && mains.responder === word),
  );
  if (exact.length > 0) return exact;
  const mixed = runs.find(({ mains }) => mains.sender === word || mains.responder === word);
  if (mixed !== undefined)
    throw new LabError(
      `no scenario has ${word} at both ends; name one that has it at one end, as ${mixed.scenario} (${mixed.mains.sender} to ${mixed.mains.responder})`,
      { exitCode: 2 },
    );
  const hash = /^[0-9a-f]{4,64}$/.test(word);
  const found = runs.filter(
    ({ scenario, scenarioSha256 }) => scenario.startsWith(word) || (hash && scenarioSha256.startsWith(word)),
  );
  const names = [...new Set(found.map(({ scenario }) => scenario))];
  if (names.length > 1)
    throw new LabError(
      `"${word}" stands for ${names.length} scenarios: ${names.slice(0, 8).join(", ")}; write more of it`,
      {
        exitCode: 2,
      },
    );
  return found;
}

/** Drivers of the Main VMs in runs, in order. */
const driversOf = (runs: readonly RunRecord[]) =>
  [...new Set(runs.flatMap(({ mains }) => [mains.sender, mains.responder]))].sort();

/** Opens the two sides of a comparison; a results directory that both are in is opened once. */
export class Sides {
  readonly #options: SidesOptions;
  readonly #opened = new Map<string, Promise<Dataset>>();

  constructor(options: SidesOptions) {
    this.#options = options;
  }

  /**
   * Finds out what a word means: a directory (a results directory, a scenario's folder or a run's), a stack, or a
   * scenario or driver among the results.
   * @throws LabError (exit code 2) when it means nothing, or several scenarios
   */
  async of(name: string): Promise<Side> {
    if (existsSync(name) && statSync(name).isDirectory()) return this.#folder(name);
    const folders = await this.#options.runsOfStack(name);
    if (folders) return this.#stack(name, folders);
    const { results } = this.#options;
    const unknown = `"${name}" is no directory, no stack (there is no Pulumi.${name}.yaml), and no scenario, hash or driver in ${results}`;
    if (!existsSync(results)) throw new LabError(`${unknown}, which does not exist`, { exitCode: 2 });
    const dataset = await this.#dataset(results);
    const runs = matching(dataset.runs, name);
    if (runs.length === 0)
      throw new LabError(`${unknown}, which has runs of ${driversOf(dataset.runs).join(", ")}`, { exitCode: 2 });
    const scenarios = new Set(runs.map(({ scenarioSha256 }) => scenarioSha256));
    const isSame = ({ mains, scenarioSha256 }: RunRecord) =>
      scenarios.has(scenarioSha256) || (mains.sender === name && mains.responder === name);
    return { name, directory: results, fidelity: dataset.fidelity, runs, lost: dataset.lost.filter(isSame) };
  }

  #dataset(directory: string): Promise<Dataset> {
    const key = resolve(directory);
    const { say } = this.#options;
    const dataset = this.#opened.get(key) ?? openDataset(directory, say ? { say } : {});
    this.#opened.set(key, dataset);
    return dataset;
  }

  async #folder(name: string): Promise<Side> {
    const root = rootOf(name);
    const dataset = await this.#dataset(root);
    const below = relative(root, name);
    const isBelow = ({ directory }: RunRecord) => below === "" || `${directory}/`.startsWith(`${below}/`);
    const runs = dataset.runs.filter(isBelow);
    if (runs.length === 0) throw new LabError(`${name} holds no run that counts`);
    const lost = dataset.lost.filter(isBelow);
    return { name: below === "" ? name : basename(name), directory: root, fidelity: dataset.fidelity, runs, lost };
  }

  async #stack(name: string, folders: readonly string[]): Promise<Side> {
    const [first] = folders;
    if (first === undefined) throw new LabError(`stack ${name} has measured no run yet; ./lab up ${name} does`);
    const root = dirname(dirname(first));
    const dataset = await this.#dataset(root);
    const measured = new Set(folders.map((folder) => relative(root, folder)));
    const runs = dataset.runs.filter(({ directory }) => measured.has(directory));
    if (runs.length === 0)
      throw new LabError(`stack ${name}: its runs are not in ${root} any more; ./lab up ${name} measures them again`);
    return { name: `stack ${name}`, directory: root, fidelity: dataset.fidelity, runs };
  }
}
