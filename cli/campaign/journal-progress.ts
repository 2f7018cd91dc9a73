import { readdirSync, statSync } from "node:fs";
import { isRunning, type ProcessIdentity } from "../../lib/process-identity.ts";
import { median } from "../../measure/statistics/quantiles.ts";
import type { CampaignNews } from "../../report/serve/news.ts";
import { campaignOfFile, deploymentKey, filesOfJournal, Journal, type JournalEntry, journalFile } from "./journal.ts";
import { failuresIn, secondsLeftText } from "./status.ts";

/** How far a campaign is, as its journal alone tells it. */
export interface JournalProgress {
  wanted: number;
  done: number;
  missing: number;
  /** Of those that are missing, those that failed when they were last tried. */
  failed: number;
  /** Null where none was measured. */
  secondsLeft: number | null;
  /** How it ended; null while it goes on, and where it was killed. */
  ended: "done" | "interrupted" | null;
  /** When it last wrote something down. */
  last: string;
  /** Who measures it; undefined where its journal does not say. */
  process: ProcessIdentity | undefined;
  /** Whether it is in a queue, from which any machine may measure it. */
  isQueued: boolean;
}

/**
 * How long so many deployments take on the pairs of servers that are at work: each as the mean of the scenarios that were measured as a
 * whole. Null where none was.
 */
function secondsFor(missing: number, journal: readonly JournalEntry[], pairs: number): number | null {
  if (missing === 0) return 0;
  const whole = journal.flatMap((entry) => (entry.event === "measured" && entry.whole ? [entry] : []));
  const medians = [...Map.groupBy(whole, ({ hash }) => hash).values()].map((entries) =>
    median(entries.map(({ seconds }) => seconds)),
  );
  if (medians.length === 0) return null;
  const mean = medians.reduce((sum, each) => sum + each, 0) / medians.length;
  return (missing * mean) / Math.max(1, pairs);
}

/**
 * What a journal tells of its campaign. It does not tell which deployments are missing.
 * @returns undefined for one in which nothing has begun
 */
export function progressIn(journal: readonly JournalEntry[]): JournalProgress | undefined {
  const from = journal.findLastIndex(({ event }) => event === "begun");
  const begun = journal[from];
  const last = journal.at(-1);
  if (begun?.event !== "begun" || last === undefined) return undefined;
  const since = journal.slice(from);
  const pairs = new Set(since.flatMap((entry) => ("pair" in entry ? [entry.pair ?? null] : [])));
  const measured = new Set(
    since.flatMap((entry) => (entry.event === "measured" ? [deploymentKey(entry.hash, entry.replicate)] : [])),
  );
  const missing = Math.max(0, begun.missing - measured.size);
  return {
    wanted: begun.deployments,
    done: begun.deployments - missing,
    missing,
    failed: Math.min(missing, failuresIn(journal).size),
    secondsLeft: secondsFor(missing, journal, pairs.size),
    ended: last.event === "ended" ? last.why : null,
    last: last.at,
    process: begun.process,
    isQueued: begun.isQueued === true,
  };
}

const endWords = { done: "; it has ended", interrupted: "; it was interrupted" } as const;

/** Whether a campaign goes on. One that was killed could not write down that it has ended; nor does one go on whose journal names no process. */
const isUnderWay = ({ ended, process, isQueued, missing }: JournalProgress): boolean =>
  ended === null && (isQueued ? missing > 0 : process !== undefined && isRunning(process));

function newsOf(campaign: string, progress: JournalProgress, goesOn: boolean): CampaignNews {
  const { wanted, done, missing, failed, secondsLeft, ended, isQueued, last } = progress;
  const wasKilled = ended === null && !goesOn && !isQueued;
  const how = ended === null ? "" : endWords[ended];
  const text =
    `campaign ${campaign}: ${done} of ${wanted} deployments measured, ${missing} missing, ${failed} failed; ` +
    `${secondsLeftText(secondsLeft)}${wasKilled ? "; it is not running on this machine" : how}; ` +
    `last entry ${last.slice(0, 19).replace("T", " ")} UTC${wasKilled ? "; where it runs on no other either, run it again to go on" : ""}`;
  return { text, done, wanted };
}

/** The journals in a results directory. One that has not grown is not read again. */
export class JournalsIn {
  readonly #results: string;
  readonly #read = new Map<string, { bytes: number; progress: JournalProgress | undefined }>();

  constructor(results: string) {
    this.#results = results;
  }

  /** How far the campaigns are that are under way; where none is, the one that was it last, whether it has ended or was killed. */
  news(): CampaignNews[] {
    const told = [...new Set(readdirSync(this.#results).flatMap((name) => campaignOfFile(name) ?? []))]
      .flatMap((campaign) => {
        const progress = this.#progressOf(campaign);
        return progress === undefined ? [] : [{ campaign, progress, goesOn: isUnderWay(progress) }];
      })
      .sort((a, b) => (a.progress.last < b.progress.last ? 1 : -1));
    const underWay = told.filter(({ goesOn }) => goesOn);
    return (underWay.length > 0 ? underWay : told.slice(0, 1)).map(({ campaign, progress, goesOn }) =>
      newsOf(campaign, progress, goesOn),
    );
  }

  #progressOf(campaign: string): JournalProgress | undefined {
    const file = journalFile(this.#results, campaign);
    const bytes = filesOfJournal(file).reduce(
      (sum, part) => sum + (statSync(part, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
    const known = this.#read.get(campaign);
    if (known?.bytes === bytes) return known.progress;
    const progress = progressIn(new Journal(file).read());
    this.#read.set(campaign, { bytes, progress });
    return progress;
  }
}
