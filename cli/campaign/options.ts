import type { OrderKind } from "../../measure/results/order.ts";
import { pairKey } from "../../study/terms.ts";
import { parseResults } from "../bucket/address.ts";
import { parseCount, refuseOption } from "../options.ts";
import { parseOrder, parseSeed } from "../order/options.ts";
import { campaignDefaults } from "./defaults.ts";
import { type Only, parseOnly } from "./only.ts";
import { parseQueue } from "./queue/url.ts";

/** Options that a plan has, as they stand on the command line. */
export interface PlanWords {
  profile?: string;
  hosts?: string;
  pair?: string;
  pairs?: string;
  newHostKeys?: true;
  replicates?: string;
  runs?: string;
  only?: string[];
  limit?: string;
  order?: string;
  seed?: string;
  results?: string;
  json?: true;
}

export interface RunWords extends PlanWords {
  attempts?: string;
  keep?: true;
  queue?: string;
}

export interface CampaignPlanOptions {
  experiments: readonly string[];
  profile: string;
  /** File with the two servers, relative to the project; undefined: none was named. */
  hosts: string | undefined;
  /** Which pair of servers these are. */
  pair: number;
  /** File with several pairs, relative to the project; undefined: there is one, `hosts`. */
  pairs: string | undefined;
  /** Whether servers may have other host keys than the runs of their pair: they were installed anew. */
  newHostKeys: boolean;
  /** Whether blocks are dealt to other pairs too than those that are named: by a queue. */
  isDealt?: boolean;
  replicates: number | undefined;
  runs: number | undefined;
  only: readonly Only[];
  limit: number | undefined;
  /** Undefined: the profile's. */
  order: OrderKind | undefined;
  seed: number | undefined;
  /** Results directory, relative to the project, or s3://BUCKET/PREFIX. */
  results: string;
  json: boolean;
}

export interface CampaignRunOptions extends CampaignPlanOptions {
  /** How often a deployment is tried before it counts as failed. */
  attempts: number;
  keep: boolean;
  /** Where the queue is that deals its blocks; undefined: none does. */
  queue: string | undefined;
}

/** Options of a command of a queue. */
export type Queued<Options> = Options & { queue: string };

/** Options that work has, as they stand on the command line. */
export type WorkWords = Pick<RunWords, "queue" | "hosts" | "pair" | "pairs" | "newHostKeys" | "results">;

type PairOptions = Pick<CampaignPlanOptions, "hosts" | "pair" | "pairs" | "newHostKeys" | "results">;

/** What a worker works on, and where it publishes. */
export type CampaignWorkOptions = Queued<PairOptions>;

/** Whether options name servers, in place of the emulated ones or of those that other machines have. */
export const areServersNamed = ({ hosts, pairs }: Pick<PairOptions, "hosts" | "pairs">): boolean =>
  hosts !== undefined || pairs !== undefined;

function countOf(option: string, text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return count >= 1 ? count : refuseOption(option, text, "a whole number, 1 or more");
}

function pairsOption({ pairs, hosts, pair }: PlanWords): string | undefined {
  if (pairs === undefined || (hosts === undefined && pair === undefined)) return pairs;
  const option = hosts === undefined ? "--pair" : "--hosts";
  return refuseOption(
    option,
    hosts ?? pair ?? "",
    `only without --pairs, whose file names each pair and its hosts file`,
  );
}

/** The pairs that options name. */
const pairOptions = (words: PlanWords): PairOptions => ({
  hosts: words.hosts,
  pair: words.pair === undefined ? 1 : parseCount("--pair", pairKey, words.pair),
  pairs: pairsOption(words),
  newHostKeys: words.newHostKeys ?? false,
  results: parseResults(words.results ?? campaignDefaults.results),
});

/** @throws LabError (exit code 2) that names the option, its value and what is allowed */
export const parsePlanOptions = (experiments: readonly string[], words: PlanWords): CampaignPlanOptions => ({
  experiments,
  profile: words.profile ?? campaignDefaults.profile,
  ...pairOptions(words),
  replicates: words.replicates === undefined ? undefined : parseCount("--replicates", "replicate", words.replicates),
  runs: words.runs === undefined ? undefined : parseCount("--runs", "runs", words.runs),
  only: (words.only ?? []).map(parseOnly),
  limit: words.limit === undefined ? undefined : countOf("--limit", words.limit),
  order: parseOrder(words.order),
  seed: parseSeed(words.seed),
  json: words.json ?? false,
});

/** Where the queue of a run is. */
function queueOptions({ queue, keep, hosts, pair }: RunWords): Pick<CampaignRunOptions, "queue" | "isDealt"> {
  if (queue === undefined) return { queue };
  if (keep) refuseOption("--keep", "", "only without --queue, by which another campaign may come next");
  if (pair !== undefined && hosts === undefined)
    refuseOption("--pair", pair, "with --hosts, which names the servers; without both, other machines measure");
  return { queue: parseQueue(queue), isDealt: true };
}

/** @throws LabError (exit code 2) that names the option, its value and what is allowed */
export const parseRunOptions = (experiments: readonly string[], words: RunWords): CampaignRunOptions => ({
  ...parsePlanOptions(experiments, words),
  attempts: countOf("--attempts", words.attempts ?? campaignDefaults.attempts),
  keep: words.keep ?? false,
  ...queueOptions(words),
});

/** @throws LabError (exit code 2) that names the option, its value and what is allowed */
export const parseWorkOptions = (words: Queued<WorkWords>): CampaignWorkOptions => ({
  ...pairOptions(words),
  queue: parseQueue(words.queue),
});
