import { configSchema } from "../../infra/config/schema.ts";
import { LabError } from "../../lib/errors.ts";
import type { OrderKind } from "../../measure/results/order.ts";
import { parseOrder } from "../order/options.ts";

/** Options that a plan has, as they stand on the command line. */
export interface PlanWords {
  profile?: string;
  hosts?: string;
  replicates?: string;
  runs?: string;
  limit?: string;
  order?: string;
  seed?: string;
  json?: true;
}

export interface RunWords extends PlanWords {
  results?: string;
  keep?: true;
}

export interface CampaignPlanOptions {
  experiments: readonly string[];
  profile: string;
  /** File with the two servers, relative to the project; undefined: none was named. */
  hosts: string | undefined;
  replicates: number | undefined;
  runs: number | undefined;
  limit: number | undefined;
  order: OrderKind;
  seed: number | undefined;
  json: boolean;
}

export interface CampaignRunOptions extends CampaignPlanOptions {
  /** Results directory, relative to the project. */
  results: string;
  keep: boolean;
}

const most = { replicates: configSchema.shape.replicate, runs: configSchema.shape.runs };

function count(option: "replicates" | "runs" | "limit", text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  const isAllowed = option === "limit" ? number >= 1 : most[option].safeParse(number).success;
  if (isAllowed) return number;
  throw new LabError(
    `--${option} ${JSON.stringify(text)} is not allowed; allowed: a whole number, ${option === "limit" ? "1 or more" : "1 to 1000"}`,
    { exitCode: 2 },
  );
}

/** @throws LabError (exit code 2) that names the option, its value and what is allowed */
export const parsePlanOptions = (experiments: readonly string[], words: PlanWords): CampaignPlanOptions => ({
  experiments,
  profile: words.profile ?? "emulated",
  hosts: words.hosts,
  replicates: count("replicates", words.replicates),
  runs: count("runs", words.runs),
  limit: count("limit", words.limit),
  ...parseOrder(words),
  json: words.json ?? false,
});

/** @throws LabError (exit code 2) that names the option, its value and what is allowed */
export const parseRunOptions = (experiments: readonly string[], words: RunWords): CampaignRunOptions => ({
  ...parsePlanOptions(experiments, words),
  results: words.results ?? "results",
  keep: words.keep ?? false,
});
