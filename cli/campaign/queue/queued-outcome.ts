import type { Block } from "../blocks.ts";
import type { Campaign } from "../campaign.ts";
import type { PlannedDeployment } from "../deployments.ts";
import { deploymentKey, type JournalEntry } from "../journal.ts";
import { type CampaignOutcome, entryOf } from "../measure.ts";
import type { MeasuredRuns } from "../measured.ts";
import { measuredOn } from "../measured-on.ts";
import { failuresIn } from "../status.ts";

/** The deployments of a block where they are: on the pair that has runs of it, else on the one that has tried it last. */
function placedBlocks({ blocks }: Pick<Campaign, "blocks">, runs: MeasuredRuns, journal: readonly JournalEntry[]) {
  const dealt = new Map(journal.flatMap((entry) => (entry.event === "dealt" ? [[entry.replicate, entry.pair]] : [])));
  const pairWithRuns = measuredOn(runs);
  return blocks.map((block: Block) => {
    const pair = pairWithRuns(block) ?? dealt.get(block.replicate);
    return { pair: pair ?? null, deployments: pair === undefined ? block.planned : block.on(pair) };
  });
}

/** What each deployment of a campaign is known by, on whichever pair. */
const keyOf = ({ replicate, order }: PlannedDeployment) => `${replicate} ${order.position}`;

/** Which deployments of a campaign are measured, on whichever pair. */
export function measuredKeys(campaign: Pick<Campaign, "blocks" | "journal">, runs: MeasuredRuns): Set<string> {
  const placed = placedBlocks(campaign, runs, campaign.journal.read());
  return new Set(placed.flatMap(({ deployments }) => deployments.filter((each) => runs.isMeasured(each)).map(keyOf)));
}

/**
 * What a campaign has come to that workers have measured.
 * @param before what was measured before, as `measuredKeys` tells
 */
export function queuedOutcome(
  campaign: Pick<Campaign, "blocks" | "journal">,
  runs: MeasuredRuns,
  before: ReadonlySet<string>,
): CampaignOutcome {
  const journal = campaign.journal.read();
  const failures = failuresIn(journal);
  const outcome: CampaignOutcome = { measured: [], skipped: [], failed: [], left: [] };
  for (const { pair, deployments } of placedBlocks(campaign, runs, journal))
    for (const deployment of deployments) {
      const entry = entryOf(deployment);
      const failure = failures.get(deploymentKey(entry.hash, entry.replicate));
      if (runs.isMeasured(deployment)) outcome[before.has(keyOf(deployment)) ? "skipped" : "measured"].push(entry);
      else if (failure !== undefined) outcome.failed.push({ ...entry, error: failure.error });
      else outcome.left.push({ ...entry, pair, why: "no worker has measured it" });
    }
  return outcome;
}
