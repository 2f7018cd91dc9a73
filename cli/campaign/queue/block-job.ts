import { z } from "zod";
import { canonicalJson, sha256 } from "../../../lib/canonical.ts";
import { LabError } from "../../../lib/errors.ts";
import { orderKinds } from "../../../measure/results/order.ts";
import type { Block } from "../blocks.ts";
import { type Campaign, namedCampaign } from "../campaign.ts";
import { campaignName } from "../journal.ts";
import type { MeasuredRuns } from "../measured.ts";
import type { CampaignRunOptions } from "../options.ts";
import type { NumberedPair } from "../pairs.ts";
import type { Servers } from "../servers.ts";

/** A block of a campaign as a queue keeps it: all that another machine needs to plan it, and what it must come to. */
export const blockJobSchema = z.object({
  /** Name of the campaign. */
  campaign: z.string(),
  replicate: z.int().min(1),
  experiments: z.array(z.string()).min(1),
  /** What was asked of the plan. */
  options: z.object({
    profile: z.string(),
    replicates: z.int().optional(),
    runs: z.int().optional(),
    only: z.array(z.object({ key: z.string(), value: z.string() })),
    limit: z.int().optional(),
    order: z.enum(orderKinds).optional(),
    seed: z.int().optional(),
  }),
  /** How often a deployment is tried before it counts as failed. */
  attempts: z.int().min(1),
  /** Its deployments with their runs and places in the order, as a hash; and the names of its scenarios. */
  plan: z.object({ sha256: z.string(), scenarios: z.array(z.string()) }),
});
export type BlockJob = z.infer<typeof blockJobSchema>;

const planOf = ({ planned }: Block): BlockJob["plan"] => ({
  sha256: sha256(
    canonicalJson(planned.map(({ scenario: { hash, runs }, order }) => ({ hash, runs, order: { ...order } }))),
  ),
  scenarios: [...new Set(planned.map(({ scenario }) => scenario.name))].sort(),
});

/** The name of a campaign, as its deployments have it. */
export const nameOfCampaign = ({ blocks }: Pick<Campaign, "blocks">): string => campaignName(blocks[0]?.planned ?? []);

/** A block of a campaign for the queue. @param options by which the campaign was planned */
export function blockJob(
  campaign: Pick<Campaign, "blocks">,
  block: Block,
  { experiments, profile, replicates, runs, only, limit, order, seed, attempts }: CampaignRunOptions,
): BlockJob {
  const given = { replicates, runs, limit, order, seed };
  return {
    ...{ campaign: nameOfCampaign(campaign), replicate: block.replicate, experiments: [...experiments], attempts },
    options: {
      ...{ profile, only: [...only] },
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    },
    plan: planOf(block),
  };
}

/** "A and 2 more"; undefined for none. */
function someOf([first, ...more]: readonly string[]): string | undefined {
  if (first === undefined) return undefined;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

/** What of a plan is another one here, in words. */
function differences(queued: BlockJob["plan"], here: BlockJob["plan"]): string {
  const without = (a: BlockJob["plan"], b: BlockJob["plan"]) =>
    someOf(a.scenarios.filter((name) => !b.scenarios.includes(name)));
  const [onlyQueued, onlyHere] = [without(queued, here), without(here, queued)];
  const words = [
    ...(onlyQueued === undefined ? [] : [`the queue has ${onlyQueued}, which is not planned here`]),
    ...(onlyHere === undefined ? [] : [`here ${onlyHere} is planned, which is not in the queue`]),
  ];
  return words.length > 0 ? words.join("; ") : "the scenarios have the same names, and other factors, runs or order";
}

/** What a machine has to plan a queued block with. */
export interface PlanningPlace {
  runs: MeasuredRuns;
  serversOf: (hosts: string) => Servers | undefined;
  /** See CampaignPlanOptions. */
  newHostKeys: boolean;
}

/** A campaign as a worker has planned it, and of it the block that is queued. */
export interface PlannedBlock {
  campaign: Campaign;
  block: Block;
}

/**
 * Plans a queued block for a pair of servers.
 * @throws LabError (exit code 2) where it does not become what was queued, with what differs, or where the servers cannot carry it
 */
export function plannedBlock(job: BlockJob, { number, hosts }: NumberedPair, place: PlanningPlace): PlannedBlock {
  const campaign = namedCampaign(
    {
      ...{
        replicates: undefined,
        runs: undefined,
        limit: undefined,
        order: undefined,
        seed: undefined,
        ...job.options,
      },
      ...{ experiments: job.experiments, hosts, pair: number, pairs: undefined, json: false },
      ...{ results: place.runs.results, newHostKeys: place.newHostKeys, isDealt: true },
    },
    place.runs,
    place.serversOf,
  );
  const where = `replicate ${job.replicate} of campaign ${job.campaign} cannot be measured on pair ${number} by this machine`;
  const block = campaign.blocks.find(({ replicate }) => replicate === job.replicate);
  const planned = block === undefined ? { sha256: "", scenarios: [] } : planOf(block);
  if (block === undefined || planned.sha256 !== job.plan.sha256)
    throw new LabError(
      `${where}: ${differences(job.plan, planned)}. Use the same version of the testbed, with the same experiments/, on all machines, ` +
        "and servers on which they make the same scenarios (./lab campaign plan says what is substituted)",
      { exitCode: 2 },
    );
  const { problems } = campaign.plan;
  if (problems.length > 0)
    throw new LabError(
      `${where}, because its servers cannot carry it:\n${problems.map((line) => `  ${line}`).join("\n")}`,
      {
        exitCode: 2,
      },
    );
  return { campaign, block };
}
