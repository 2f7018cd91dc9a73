import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { sha256 } from "../../lib/canonical.ts";
import { publishFile } from "../../lib/publish.ts";
import { sha256Schema } from "../../lib/sha256-schema.ts";
import { fidelities } from "./fidelity.ts";
import { filesState } from "./files-state.ts";
import type { Manifest } from "./manifest.ts";
import { serverKeysIn, serverKeysSchema } from "./server-keys.ts";
import { type inspectManifest, inspectRun } from "./token.ts";

/** A run that counts, in what a campaign has to know of it. */
const countedRunSchema = z.object({
  scenarioSha256: sha256Schema,
  fidelity: z.enum(fidelities),
  /** Milliseconds of its windows of CPU usage and probes, of the attempt that counts. */
  measuringMs: z.number(),
  /** Null where its manifest does not say. */
  servers: serverKeysSchema.nullable(),
});
export type CountedRun = z.infer<typeof countedRunSchema>;

/** What says whether a run counts, and what is remembered of it: what another version found is found anew. */
const reader = sha256(
  ["manifest.ts", "read-manifest.ts", "run-memory.ts", "schema-1.ts", "server-keys.ts", "token.ts"]
    .map((file) => readFileSync(join(import.meta.dirname, file), "utf8"))
    .join(""),
);

/** Looks whether a run counts, by its manifest and whatever else it takes. */
type InspectManifest = typeof inspectManifest;

const memorySchema = z.object({
  reader: z.literal(reader),
  /** By folder: the state of its files when they were read, and what was found. */
  runs: z.record(z.string(), countedRunSchema.extend({ state: z.string() })),
});
type Memory = z.infer<typeof memorySchema>;

/** From the first window's beginning to the second's end, a sample a second; of servers in step, as long as they were. */
const measuringMs = ({ probes }: Manifest): number =>
  probes.reduce(
    (sum, { cpu: { sender }, sharedClock }) =>
      sum + 1000 * (sharedClock?.wallSeconds ?? sender.duringSamples[1] - sender.beforeSamples[0]),
    0,
  );

/** The state of a run's files: names, sizes, times of change, inodes. Undefined where it is not there. */
function stateOf(folder: string): string | undefined {
  try {
    return filesState(folder, (path) => {
      const { size, mtimeNs, ino } = statSync(path, { bigint: true });
      return [`${size}`, `${mtimeNs}`, `${ino}`];
    });
  } catch {
    return undefined;
  }
}

function readMemory(file: string): Memory["runs"] {
  try {
    return memorySchema.parse(JSON.parse(readFileSync(file, "utf8"))).runs;
  } catch {
    return {}; // then all is read anew
  }
}

/**
 * Which runs count, remembered: a run whose files have the sizes, times and inodes that they had when they were last read is not
 * read again. A folder that has changed in any of these, or that did not count, is.
 */
export class RunMemory {
  readonly #file: string;
  readonly #known: Memory["runs"];
  readonly #inspect: InspectManifest;
  #changed = false;

  /**
   * @param file that remembers, which need not be there
   * @param inspect reads a run that is not remembered
   */
  constructor(file: string, inspect: InspectManifest = inspectRun) {
    this.#file = file;
    this.#inspect = inspect;
    this.#known = readMemory(file);
  }

  /**
   * Looks whether a run counts.
   * @returns why it does not, in the words of what inspects it
   */
  look(folder: string, scenarioSha256: string): CountedRun | { missing: string } {
    const path = resolve(folder);
    const state = stateOf(path);
    const known = this.#known[path];
    if (state !== undefined && known?.state === state && known.scenarioSha256 === scenarioSha256) return known;
    const inspected = this.#inspect(path, scenarioSha256);
    if ("missing" in inspected) {
      this.#changed ||= known !== undefined;
      delete this.#known[path];
      return inspected;
    }
    const { manifest } = inspected;
    const run: CountedRun = {
      scenarioSha256,
      fidelity: manifest.fidelity,
      measuringMs: measuringMs(manifest),
      servers: serverKeysIn(manifest.environment),
    };
    // Of files that changed while they were read nothing is known.
    if (state !== undefined && state === stateOf(path)) {
      this.#known[path] = { ...run, state };
      this.#changed = true;
    }
    return run;
  }

  /** Keeps what was found for the next time. A memory that cannot be kept costs that time and nothing else. */
  async keep(): Promise<void> {
    if (!this.#changed) return;
    await publishFile(this.#file, JSON.stringify({ reader, runs: this.#known } satisfies Memory)).catch(() => {});
    this.#changed = false;
  }
}
