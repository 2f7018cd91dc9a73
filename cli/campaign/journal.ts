import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { processIdentitySchema } from "../../lib/process-identity.ts";
import { sha256Schema } from "../../lib/sha256-schema.ts";
import type { PlannedDeployment } from "./deployments.ts";

/** Seconds of a deployment by what it did; whatever is in none of the others is `engine`. */
const spentSchema = z.object({
  /** VMs that were made, and booted until they answered. */
  boot: z.number(),
  /** Load that was started, until it was seen. */
  load: z.number(),
  /** Windows of CPU usage and probes inside runs. */
  measuring: z.number(),
  /** Runs but for their windows, and servers that were made ready. */
  ours: z.number(),
  engine: z.number(),
});
export type Spent = z.infer<typeof spentSchema>;

const deploymentFields = {
  ...{ at: z.string(), hash: sha256Schema, name: z.string(), replicate: z.int(), attempt: z.int() },
  /** The pair of servers; campaigns of before, which had one pair each, did not write it down. */
  pair: z.int().optional(),
};

const measuredFields = {
  /** Whether all of its runs were measured, and at the first attempt: what took less time tells nothing of others. */
  whole: z.boolean(),
  seconds: z.number(),
  spent: spentSchema,
};

/** What a campaign writes down as it happens. */
const entrySchema = z.discriminatedUnion("event", [
  z.object({
    ...{ event: z.literal("begun"), at: z.string(), deployments: z.int(), missing: z.int() },
    /** Who measures; campaigns of before did not write it down. */
    process: processIdentitySchema.optional(),
    /** That workers of a queue measure, on whichever machines: it goes on whoever ends here. */
    isQueued: z.literal(true).optional(),
  }),
  /** A pair takes up a block, which it has for itself from then on. */
  z.object({ event: z.literal("dealt"), at: z.string(), replicate: z.int(), pair: z.int() }),
  z.object({ event: z.literal("measured"), ...deploymentFields, ...measuredFields }),
  /** The servers were not as they were deployed: a second deployment begins, which makes anew what differed. It may fail, and be killed. */
  z.object({ event: z.literal("mending"), ...deploymentFields, differences: z.array(z.string()) }),
  z.object({ event: z.literal("failed"), ...deploymentFields, seconds: z.number(), error: z.string() }),
  z.object({ event: z.literal("ended"), at: z.string(), why: z.enum(["done", "interrupted"]) }),
]);
export type JournalEntry = z.infer<typeof entrySchema>;

/** What deployments and entries of them are told apart by. */
export const deploymentKey = (hash: string, replicate: number): string => `${hash} ${replicate}`;

type Unstamped<Entry> = Entry extends unknown ? Omit<Entry, "at"> : never;

/**
 * How the journals of campaigns are called in a results directory: the campaign in such a name, and the part where it is one. Where
 * several machines measure, each pair writes a part of its own, because on a shared directory lines that two of them append get lost.
 * Parts that came by a bucket tell also of the machine that writes them.
 */
const journalName = /^campaign-([\w-]+)(?:\.pair-\d+)?(\.from-\w+)?\.ndjson$/;
export const campaignOfFile = (name: string): string | undefined => journalName.exec(name)?.[1];

/** Whether a file of a journal is a copy of what another machine writes. */
export const isCopiedPart = (name: string): boolean => journalName.exec(name)?.[2] !== undefined;

/** How a file of a journal is called elsewhere. @param machine that writes it */
export const partOfMachine = (name: string, machine: string): string =>
  name.replace(/\.ndjson$/, `.from-${machine}.ndjson`);

/** Where the journal of a campaign is in its results directory. @param campaign its name, as each deployment's order has it */
export const journalFile = (results: string, campaign: string) => join(results, `campaign-${campaign}.ndjson`);

/** All files of a journal that there are. @param file of the journal itself */
export function filesOfJournal(file: string): string[] {
  const campaign = campaignOfFile(basename(file));
  const isPart = (name: string) => campaign !== undefined && campaignOfFile(name) === campaign;
  const names = existsSync(dirname(file)) ? readdirSync(dirname(file)).filter(isPart) : [];
  return names.sort().map((name) => join(dirname(file), name));
}

/** A campaign's journal, a line of JSON an entry, which is only ever appended to. */
export class Journal {
  readonly #file: string;
  readonly #now: () => Date;

  constructor(file: string, now: () => Date = () => new Date()) {
    this.#file = file;
    this.#now = now;
  }

  /** Writes an entry down, on the disk when this returns. */
  append(entry: Unstamped<JournalEntry>): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    const file = openSync(this.#file, "a+");
    try {
      // A newline first ends a line that a killed campaign has left unfinished.
      writeSync(
        file,
        `${this.#endsWhole(file) ? "" : "\n"}${JSON.stringify({ at: this.#now().toISOString(), ...entry })}\n`,
      );
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** The part of it that a pair of servers writes. */
  ofPair(pair: number): Journal {
    return new Journal(this.#file.replace(/\.ndjson$/, `.pair-${pair}.ndjson`), this.#now);
  }

  /** All entries, in order, of all its parts. Lines that are none, as a kill leaves one, are passed over. */
  read(): JournalEntry[] {
    const parts = filesOfJournal(this.#file).map(entriesIn);
    const entries = parts.flat();
    return parts.length > 1 ? entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)) : entries;
  }

  #endsWhole(file: number): boolean {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last.toString() === "\n");
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function entriesIn(file: string): JournalEntry[] {
  return textOf(file)
    .split("\n")
    .flatMap((line) => {
      try {
        return [entrySchema.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
}

/** The name of a campaign, as its deployments have it. */
export const campaignName = (deployments: readonly PlannedDeployment[]): string =>
  deployments[0]?.order.campaign ?? "empty";

/** The journal of a campaign, by its name. */
export const campaignJournal = (results: string, deployments: readonly PlannedDeployment[]): Journal =>
  new Journal(journalFile(results, campaignName(deployments)));
