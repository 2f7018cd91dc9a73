import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { LabError } from "../../lib/errors.ts";
import { labDir } from "../../lib/paths.ts";
import type { Fidelity } from "../../measure/results/fidelity.ts";
import { type CountedRun, RunMemory } from "../../measure/results/run-memory.ts";
import type { ServerKeys } from "../../measure/results/server-keys.ts";
import { inspectManifest, runFolder } from "../../measure/results/token.ts";
import type { PlannedDeployment } from "./deployments.ts";
import { noStore, type ResultsStore } from "./store/results-store.ts";

/** A run that a campaign wants. */
export interface WantedRun {
  /** From the results directory. */
  folder: string;
  /** What counts, or why it does not. */
  state: CountedRun | { missing: string };
}

/** What of a deployment is measured. */
export interface DeploymentLook {
  /** Runs that are not there, or do not count: a line each, with the folder and the reason. */
  missing: string[];
  /** Seconds of windows and probes in the runs that count. */
  measuringSeconds: number;
}

const namesIn = (directory: string): string[] => (existsSync(directory) ? readdirSync(directory) : []);

interface MeasuredRunsOptions {
  /** A file that remembers which runs count. */
  memoryFile?: string;
  /** For those who tell how things stand: nothing is looked at twice, whatever happens meanwhile. */
  isSnapshot?: boolean;
  /** What has runs besides the directory. Its manifests say which count; whoever needs their files fetches them. */
  store?: ResultsStore;
}

interface RunPlace {
  directory: string;
  memory: RunMemory;
}

/** The runs of a results directory, as a campaign looks at them. What was read once is not read again while its files are the same. */
export class MeasuredRuns {
  readonly results: string;
  readonly store: ResultsStore;
  /** The directory, and that of the store's manifests where there is one; each with what is remembered of it. */
  readonly #places: readonly [RunPlace, ...RunPlace[]];
  readonly #isSnapshot: boolean;
  readonly #states = new Map<string, WantedRun["state"]>();
  readonly #names = new Map<string, string[]>();

  constructor(
    results: string,
    {
      memoryFile = join(labDir, "runs-that-count.json"),
      isSnapshot = false,
      store = noStore,
    }: MeasuredRunsOptions = {},
  ) {
    this.results = results;
    this.store = store;
    const { manifests } = store;
    const measuredPlace: RunPlace = { directory: results, memory: new RunMemory(memoryFile) };
    this.#places =
      manifests === undefined
        ? [measuredPlace]
        : [
            measuredPlace,
            { directory: manifests, memory: new RunMemory(`${manifests}-that-count.json`, inspectManifest) },
          ];
    this.#isSnapshot = isSnapshot;
  }

  /** What a look finds; of a snapshot what the first one found. */
  #lookFor<Found extends object>(known: Map<string, Found>, key: string, look: () => Found): Found {
    const found = known.get(key) ?? look();
    if (this.#isSnapshot) known.set(key, found);
    return found;
  }

  #stateOf(folder: string, hash: string): WantedRun["state"] {
    return this.#lookFor(this.#states, `${folder} ${hash}`, () => {
      const [here, there] = this.#places;
      const found = here.memory.look(join(here.directory, folder), hash);
      if (!("missing" in found) || there === undefined) return found;
      const known = there.memory.look(join(there.directory, folder), hash);
      return "missing" in known ? found : known;
    });
  }

  #namesIn(scenario: string): string[] {
    return this.#lookFor(this.#names, scenario, () => [
      ...new Set(this.#places.flatMap(({ directory }) => namesIn(join(directory, scenario)))),
    ]);
  }

  /** Where manifests of runs are: the results directory, and that of the store's where there is one. */
  get directories(): string[] {
    return this.#places.map(({ directory }) => directory);
  }

  /** Names of the folders of scenarios, of which there may be runs. */
  scenarioNames(): string[] {
    return this.#namesIn(".");
  }

  /** The runs of a deployment, in their order. */
  runsOf({ scenario: { name, hash, runs }, replicate }: PlannedDeployment): WantedRun[] {
    return Array.from({ length: runs }, (_, index) => {
      const folder = runFolder({ name }, replicate, index + 1);
      return { folder, state: this.#stateOf(folder, hash) };
    });
  }

  /** How far a deployment is. */
  look(deployment: PlannedDeployment): DeploymentLook {
    const look: DeploymentLook = { missing: [], measuringSeconds: 0 };
    for (const { folder, state } of this.runsOf(deployment))
      if ("missing" in state) look.missing.push(`${folder}: ${state.missing}`);
      else look.measuringSeconds += state.measuringMs / 1000;
    return look;
  }

  /** Which runs of a deployment are not there, or do not count. None: it is measured. */
  missing(deployment: PlannedDeployment): string[] {
    return this.look(deployment).missing;
  }

  /** Whether all of its runs count. */
  isMeasured(deployment: PlannedDeployment): boolean {
    return this.missing(deployment).length === 0;
  }

  /** Whether any of its runs counts. */
  hasSome(deployment: PlannedDeployment): boolean {
    return this.runsOf(deployment).some(({ state }) => !("missing" in state));
  }

  /** The servers that its runs which count were measured on, where they say so. */
  serversOf(deployment: PlannedDeployment): ServerKeys[] {
    return this.runsOf(deployment).flatMap(({ state }) => ("missing" in state ? [] : (state.servers ?? [])));
  }

  /** How many runs of a deployment were measured, did not count, and were set aside. */
  setAside(deployment: PlannedDeployment): number {
    const folders = this.runsOf(deployment).map(({ folder }) => folder);
    const [first] = folders;
    if (first === undefined) return 0;
    const names = new Set(folders.map((folder) => basename(folder)));
    return this.#namesIn(dirname(first)).filter((name) =>
      names.has(/^invalid_(rep-\d+_run-\d+)_/.exec(name)?.[1] ?? ""),
    ).length;
  }

  /**
   * @throws LabError (exit code 2) when runs of these deployments were measured on servers of another fidelity: they
   * would be taken for runs of these servers
   * @param fidelities those that these servers can be of
   */
  refuseOtherFidelity(deployments: readonly PlannedDeployment[], fidelities: readonly Fidelity[]): void {
    for (const deployment of deployments)
      for (const { folder, state } of this.runsOf(deployment))
        if ("fidelity" in state && !fidelities.includes(state.fidelity))
          throw new LabError(
            `--results ${JSON.stringify(this.results)} is not allowed: ${folder} there was measured on ${state.fidelity} servers, and these are ${fidelities.join(" or ")}; allowed: another directory`,
            { exitCode: 2 },
          );
  }

  /** Keeps what was found for the next time. */
  async remember(): Promise<void> {
    for (const { memory } of this.#places) await memory.keep();
  }
}
