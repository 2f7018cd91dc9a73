import { mkdir } from "node:fs/promises";
import { LockedError } from "../../lib/lock.ts";
import { progress } from "../progress.ts";
import { withCheckoutNow } from "../setup/locks.ts";
import { preparePulumi } from "../setup/pulumi.ts";
import { withServersInReach } from "../stack/around-pulumi.ts";
import { leftoverText } from "../stack/leftover.ts";
import type { NumberedPair } from "./pairs.ts";
import {
  type Deploying,
  leftoverOn,
  logFolder,
  onLastServers,
  stackNameOf,
  withServers,
  workingPair,
} from "./stacks.ts";

/** Pairs on which an earlier campaign has left something, with what it was. */
async function standingOf(pairs: readonly NumberedPair[]) {
  const found = await Promise.all(pairs.map(async (pair) => ({ pair, leftover: await leftoverOn(pair) })));
  return found.filter(({ leftover }) => leftover !== "nothing");
}

/**
 * Takes down what killed campaigns left on the pairs of a campaign of which nothing is to be measured, and tells what stays. Where
 * nothing is left no engine is started. Nobody is waited for: whoever uses this checkout now may be using these stacks.
 */
export async function tidyAll(
  pairs: readonly NumberedPair[],
  { keep, results, log }: Pick<Deploying, "keep" | "results" | "log">,
): Promise<void> {
  const names = (await standingOf(pairs)).map(({ pair }) => stackNameOf(pair.number));
  if (names.length === 0) return;
  const tidy = async () => {
    const standing = await standingOf(pairs);
    if (keep || standing.every(({ leftover }) => leftover === "kept")) {
      for (const { pair, leftover } of standing) progress.say(leftoverText(stackNameOf(pair.number), leftover));
      return;
    }
    const variables = await preparePulumi(progress);
    await mkdir(logFolder, { recursive: true });
    await withServers(
      standing.map(({ pair }) => onLastServers(pair)),
      keep,
      (interruption, serversAreNew) =>
        withServersInReach(variables, async (env) => {
          const deploying = { keep, env, interruption, serversAreNew, results, state: undefined, log };
          const working = standing.map(({ pair }) => workingPair(pair, pairs.length === 1, deploying));
          await Promise.all(working.map((pair) => pair.tidy()));
        }),
    );
  };
  await withCheckoutNow(progress, tidy).catch((error: unknown) => {
    if (!(error instanceof LockedError)) throw error;
    progress.say(`what is deployed of ${names.join(", ")} is left as it is: ${error.message}`);
  });
}
