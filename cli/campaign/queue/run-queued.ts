import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../../../lib/counted.ts";
import { messageOf } from "../../../lib/errors.ts";
import { interruptible } from "../../interrupt.ts";
import { progress } from "../../progress.ts";
import { timeStamp } from "../../stamp.ts";
import type { Campaign } from "../campaign.ts";
import type { CampaignOutcome } from "../measure.ts";
import type { MeasuredRuns } from "../measured.ts";
import { areServersNamed, type CampaignRunOptions, type Queued } from "../options.ts";
import { conclude, runnable } from "../run.ts";
import { serversAt } from "../servers.ts";
import { logFolder } from "../stacks.ts";
import { openRuns, settleResults } from "../store/open-runs.ts";
import { summaryText } from "../summary.ts";
import { tidyAll } from "../tidy.ts";
import { blockJob, nameOfCampaign } from "./block-job.ts";
import { BlockQueue } from "./block-queue.ts";
import { measuredKeys, queuedOutcome } from "./queued-outcome.ts";
import { waitUntilDone } from "./wait.ts";
import { lookMs, tellTrouble, workHere } from "./worker.ts";

/** What a machine knows of a shared directory may be as old as this (acdirmax of nfs(5)). */
const shareLagMs = 60_000;

type Options = Queued<CampaignRunOptions>;

/** Puts the blocks that are not done into the queue, and says so. */
async function enqueue(campaign: Campaign, queue: BlockQueue, missing: ReadonlySet<number>, options: Options) {
  let added = 0;
  for (const block of campaign.blocks)
    if (
      missing.has(block.replicate) &&
      (await queue.add(blockJob(campaign, block, options), campaign.begun.get(block.replicate)))
    )
      added += 1;
  const there = missing.size - added;
  progress.say(
    `campaign ${nameOfCampaign(campaign)}: ${counted(added, "replicate")} put into the queue${there > 0 ? `, where ${there} were already` : ""}`,
  );
}

/** What the campaign has come to, when the shared directory shows here what other machines have published. */
async function outcomeSeen(look: () => Promise<CampaignOutcome>): Promise<CampaignOutcome> {
  for (const end = Date.now() + shareLagMs; ; await sleep(lookMs)) {
    const outcome = await look();
    if (outcome.left.length === 0 || Date.now() > end) return outcome;
  }
}

/** Has the missing blocks measured by whoever works for the queue, and on the pairs that the command names. */
async function measureByQueue(campaign: Campaign, runs: MeasuredRuns, options: Options): Promise<CampaignOutcome> {
  const before = measuredKeys(campaign, runs);
  const outcome = queuedOutcome(campaign, runs, before);
  const missing = [...outcome.failed, ...outcome.left].map(({ replicate }) => replicate);
  if (missing.length === 0) return outcome;
  const queue = await BlockQueue.open(options.queue, { onTrouble: tellTrouble() });
  try {
    // Workers know the results of a campaign by its journal.
    campaign.journal.append({
      ...{ event: "begun", deployments: before.size + missing.length, missing: missing.length, isQueued: true },
    });
    await runs.store.bring();
    await enqueue(campaign, queue, new Set(missing), options);
    const wait = (asked: AbortSignal) =>
      waitUntilDone({
        ...{ queue, name: nameOfCampaign(campaign), replicates: campaign.blocks.length },
        ...{ asked, say: progress.say, everyMs: lookMs },
      });
    if (areServersNamed(options)) await workHere(options, queue, runs, wait);
    else await interruptible(({ asked }) => wait(asked));
  } finally {
    await queue.close();
  }
  campaign.journal.append({ event: "ended", why: "done" });
  const tell = tellTrouble();
  return outcomeSeen(async () => {
    await runs.store.look(0).catch((error: unknown) => tell(messageOf(error)));
    return queuedOutcome(campaign, runs, before);
  });
}

/**
 * `./lab campaign run --queue`: puts a campaign into the queue, works on the pairs that are named, and tells how it ended.
 * @throws LabError when a deployment failed or was not measured, or when an end is asked for; exit code 2 with what is wrong in options,
 *   experiments or hosts
 */
export async function runQueuedCampaign(options: Options): Promise<void> {
  const runs = await openRuns(options.results, { isWritten: true });
  const areNamed = areServersNamed(options);
  const campaign = runnable(options, runs, areNamed ? serversAt : () => undefined);
  for (const line of campaign.notes) progress.say(line);
  const outcome = await measureByQueue(campaign, runs, options);
  await runs.remember();
  process.stdout.write(options.json ? `${JSON.stringify(outcome)}\n` : `${summaryText(outcome)}\n`);
  await settleResults(runs);
  const nothingWasToDo = outcome.measured.length + outcome.failed.length + outcome.left.length === 0;
  if (areNamed && nothingWasToDo)
    await tidyAll(campaign.pairs, {
      keep: false,
      results: runs.results,
      log: join(logFolder, `campaign-${timeStamp()}`),
    });
  conclude(outcome);
}
