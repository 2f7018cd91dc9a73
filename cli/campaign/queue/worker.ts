import { join } from "node:path";
import { progress } from "../../progress.ts";
import { withCheckout } from "../../setup/locks.ts";
import { timeStamp } from "../../stamp.ts";
import { statePlaceFor } from "../../state/kept.ts";
import type { MeasuredRuns } from "../measured.ts";
import type { CampaignWorkOptions } from "../options.ts";
import { pairsOf, refuseCommonServers } from "../pairs.ts";
import { serversAt, serversIn } from "../servers.ts";
import { logFolder, progressOfPair, withPairsInReach } from "../stacks.ts";
import { bringRest, openRuns } from "../store/open-runs.ts";
import { BlockQueue } from "./block-queue.ts";
import { tellSeldom } from "./tell-seldom.ts";
import { workOnPairs } from "./work.ts";

/** How often a queue is looked at, in milliseconds. */
export const lookMs = 2000;

/** Tells what is wrong with a queue, and what may be told again and again, seldom. */
export const tellTrouble = () => tellSeldom(progress.say);

/**
 * Works on pairs of this machine until an end is asked for.
 * @param beside is done meanwhile: when it ends, nothing further is taken up
 * @throws LabError with why pairs were given no further block, or what `beside` throws where it is given
 */
export async function workHere(
  options: Omit<CampaignWorkOptions, "queue">,
  queue: BlockQueue,
  runs: MeasuredRuns,
  beside?: (asked: AbortSignal) => Promise<void>,
): Promise<void> {
  const pairs = pairsOf(options);
  if (options.pairs !== undefined)
    refuseCommonServers(
      pairs.map((pair) => ({ ...pair, inventory: serversAt(pair.hosts).inventory })),
      options.pairs,
    );
  const state = await statePlaceFor(options.results);
  const log = join(logFolder, `campaign-${timeStamp()}`);
  await withCheckout(progress, () =>
    withPairsInReach({ pairs, keep: false, results: runs.results, state, log }, async (working, interruption) => {
      let isOver = false;
      const waiting = beside?.(interruption.asked).finally(() => {
        isOver = true;
      });
      const work = workOnPairs(
        pairs.map((pair) => ({
          ...pair,
          progress: pairs.length === 1 ? progress : progressOfPair(pair.number),
          working: (own) => working(pair, own),
        })),
        {
          ...{ queue, runs, interruption, serversOf: serversIn, newHostKeys: options.newHostKeys, lookMs },
          say: tellTrouble(),
          isOver: () => isOver,
        },
      );
      // Also where one of them fails, nothing is taken down under the other. What these pairs could not measure others may have measured.
      const [worked, waited] = await Promise.allSettled([work, waiting]);
      const ended = waiting === undefined ? worked : waited;
      if (ended.status === "rejected") throw ended.reason;
    }),
  );
}

/**
 * `./lab campaign work`: measures blocks of whichever campaigns are in a queue, until it is interrupted.
 * @throws LabError where pairs were given no further block; exit code 2 with what is wrong in options or hosts, or where this machine
 *   does not plan what is queued
 */
export async function workOnQueue(options: CampaignWorkOptions): Promise<void> {
  const runs = await openRuns(options.results, { isWritten: true });
  const queue = await BlockQueue.open(options.queue, { attempts: 10, onTrouble: tellTrouble() });
  try {
    await workHere(options, queue, runs);
    await bringRest(runs);
  } finally {
    await queue.close();
    await runs.remember();
  }
}
