import type { Inventory } from "../../infra/config/hosts.ts";
import { LabError } from "../../lib/errors.ts";
import { isEmulated } from "../../measure/results/fidelity.ts";
import { type Block, campaignBlocks, type PairsOfBlocks, pairsOfBlocks } from "./blocks.ts";
import { Deal } from "./deal.ts";
import { plannedDeployments } from "./deployments.ts";
import { estimatesFrom } from "./estimate.ts";
import { type Experiment, readExperiments } from "./experiment.ts";
import { campaignJournal, type Journal, type JournalEntry } from "./journal.ts";
import type { MeasuredRuns } from "./measured.ts";
import { measuredOn } from "./measured-on.ts";
import type { CampaignPlanOptions } from "./options.ts";
import { type NumberedPair, pairsOf, refuseCommonServers } from "./pairs.ts";
import { type CampaignPlan, planCampaign } from "./plan.ts";
import { refuseOtherServersThanRuns } from "./same-servers.ts";
import type { Servers } from "./servers.ts";

/** A campaign as a command names it, with how far it is. */
export interface Campaign {
  plan: CampaignPlan;
  pairs: readonly NumberedPair[];
  blocks: readonly Block[];
  /** On which pair each block was begun. */
  begun: PairsOfBlocks;
  journal: Journal;
  /** What is to be told of its servers, a line each. */
  notes: readonly string[];
}

/** The pair by whose scenarios a campaign on several pairs is named and ordered, whichever take part: what nothing is recorded of. */
const homePair = 1;

type PairWithPlan = NumberedPair & { servers: Servers | undefined; plan: CampaignPlan };

/** What the scenarios of two plans differ in, in words; empty where they are the same. */
function differencesOf(a: PairWithPlan, b: PairWithPlan): string[] {
  const only = (one: PairWithPlan, other: PairWithPlan) => {
    const hashes = new Set(other.plan.scenarios.map(({ hash }) => hash));
    const without = one.plan.scenarios.filter(({ hash }) => !hashes.has(hash));
    const made = one.plan.substitutions.map(
      ({ experiment, arm, from, to, why }) => `${experiment} ${arm}: ${to} background VMs in place of ${from} (${why})`,
    );
    const [first] = without;
    if (first === undefined) return [];
    return [
      `pair ${one.number} alone has ${first.name}${without.length > 1 ? ` and ${without.length - 1} more` : ""}`,
      ...made.map((words) => `pair ${one.number}: ${words}`),
    ];
  };
  return [...only(a, b), ...only(b, a)];
}

/** @throws LabError (exit code 2) where pairs cannot be parts of one campaign, with what differs */
function refuseUnlikePairs(pairs: readonly PairWithPlan[], file: string): void {
  const [first, ...others] = pairs;
  if (first === undefined) return;
  const refuse = (lines: readonly string[], allowed: string) => {
    throw new LabError(
      `--pairs ${JSON.stringify(file)} is not allowed:\n${lines.map((line) => `  ${line}`).join("\n")}\nallowed: ${allowed}`,
      { exitCode: 2 },
    );
  };
  for (const other of others) {
    const differences = differencesOf(first, other);
    if (differences.length > 0)
      refuse(
        differences,
        "pairs on which the experiments make the same scenarios; --only leaves out those that differ",
      );
    const [here, there] = [first.servers?.possible ?? [], other.servers?.possible ?? []];
    if (!here.some((fidelity) => there.includes(fidelity)))
      refuse(
        [`pair ${first.number} is ${here.join(" or ")}, pair ${other.number} is ${there.join(" or ")}`],
        "pairs of equal fidelity, whose results may be compared",
      );
  }
}

/** Whether another pair than this one was given a part of a campaign, which this one then does not measure again. */
const wasDealt = (journal: Journal, pair: number): boolean =>
  journal.read().some((entry) => entry.event === "dealt" && entry.pair !== pair);

/** Whether a command that names one pair goes on with a campaign that was dealt to several: its journal is that of the home pair's. */
function wasDealtBefore(
  experiments: readonly Experiment[],
  options: CampaignPlanOptions,
  runs: MeasuredRuns,
  inventory: Inventory | undefined,
): boolean {
  if (options.pair === homePair) return false;
  const { scenarios, order } = planCampaign(experiments, { ...options, pair: homePair, inventory });
  return wasDealt(campaignJournal(runs.results, plannedDeployments(scenarios, order.rule)), homePair);
}

/** Several plans as one: what any of the pairs cannot give. */
const problemsOf = (pairs: readonly PairWithPlan[]) =>
  pairs.flatMap(({ number, plan }) =>
    plan.problems.map((line) => (pairs.length > 1 ? `pair ${number}: ${line}` : line)),
  );

/**
 * The campaign that a command names.
 * @param serversOf a pair's servers; undefined for those that the profile assumes
 * @throws LabError (exit code 2) with what is wrong in options, experiments, pairs or hosts, or when the results directory has runs of
 *   servers of another fidelity, or of these servers under another number
 */
export function namedCampaign(
  options: CampaignPlanOptions,
  runs: MeasuredRuns,
  serversOf: (hosts: string) => Servers | undefined,
): Campaign {
  const { pairs: file } = options;
  const experiments = readExperiments(options.experiments);
  const named = pairsOf(options).map((pair) => ({ ...pair, servers: serversOf(pair.hosts) }));
  const isDealt =
    file !== undefined ||
    options.isDealt === true ||
    wasDealtBefore(experiments, options, runs, named[0]?.servers?.inventory);
  const home = isDealt ? homePair : options.pair;
  const pairs = named.map(
    (pair): PairWithPlan => ({
      ...pair,
      plan: planCampaign(experiments, { ...options, pair: home, inventory: pair.servers?.inventory }),
    }),
  );
  if (file !== undefined) {
    const known = pairs.flatMap(({ servers, ...pair }) => (servers ? [{ ...pair, inventory: servers.inventory }] : []));
    refuseCommonServers(known, file);
    refuseUnlikePairs(pairs, file);
  }
  const [first] = pairs as [PairWithPlan];
  const deployments = plannedDeployments(first.plan.scenarios, first.plan.order.rule);
  const blocks = campaignBlocks(deployments);
  for (const { number, servers } of pairs)
    if (servers) for (const block of blocks) runs.refuseOtherFidelity(block.on(number), servers.possible);
  const notes = refuseOtherServersThanRuns(
    pairs.map(({ number, hosts, servers }) => ({
      ...{ number, hosts, keys: servers?.keys },
      mayChange: options.newHostKeys || servers?.possible.every((each) => isEmulated(each)) === true,
    })),
    blocks,
    runs,
    file === undefined ? `--pair ${options.pair}` : `--pairs ${JSON.stringify(file)}`,
  );
  const journal = campaignJournal(runs.results, deployments);
  const onRuns = isDealt || wasDealt(journal, home) ? measuredOn(runs) : () => undefined;
  const runsSay = (block: Block) => onRuns(block) ?? (isDealt ? undefined : home);
  return {
    plan: { ...first.plan, problems: problemsOf(pairs) },
    pairs: pairs.map(({ number, hosts }) => ({ number, hosts })),
    blocks,
    begun: pairsOfBlocks(blocks, runsSay),
    journal,
    notes,
  };
}

/** The blocks of a campaign, to be dealt to its pairs. */
export const dealOf = ({ blocks, begun, pairs }: Campaign, runs: MeasuredRuns): Deal =>
  new Deal(
    blocks,
    begun,
    pairs.map(({ number }) => number),
    (deployment) => runs.isMeasured(deployment),
  );

/** How long deployments of a campaign take, on whichever pair, from what its journal tells. @param entries of it */
export function estimatesOf({ blocks, pairs }: Campaign, entries: readonly JournalEntry[]) {
  const all = blocks.flatMap((block) => [...block.planned, ...pairs.flatMap(({ number }) => block.on(number))]);
  return estimatesFrom(entries, all);
}
