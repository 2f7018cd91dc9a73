import { join } from "node:path";
import { LabError } from "../../lib/errors.ts";
import { progress } from "../progress.ts";
import { withCheckout, withResults } from "../setup/locks.ts";
import { leftoverOf } from "../stack/leftover.ts";
import { timeStamp } from "../stamp.ts";
import { statePlaceFor } from "../state/kept.ts";
import { type Campaign, dealOf, estimatesOf, namedCampaign } from "./campaign.ts";
import { secondsUntilDone } from "./estimate.ts";
import type { CampaignOutcome } from "./measure.ts";
import { measureCampaign, outcomeWithout, type WorkingPair } from "./measure-campaign.ts";
import type { MeasuredRuns } from "./measured.ts";
import type { CampaignRunOptions } from "./options.ts";
import { type NumberedPair, pairsOf } from "./pairs.ts";
import { tellSeldom } from "./queue/tell-seldom.ts";
import { type Servers, serversAt, serversIn } from "./servers.ts";
import { logFolder, stackNameOf, withPairsInReach } from "./stacks.ts";
import { openRuns, settleResults } from "./store/open-runs.ts";
import { deployWithStore } from "./store/with-store.ts";
import { summaryText } from "./summary.ts";
import { tidyAll } from "./tidy.ts";

/** Deploys and measures what is missing. */
async function measureAll(options: CampaignRunOptions, runs: MeasuredRuns, log: string): Promise<CampaignOutcome> {
  const pairs = pairsOf(options);
  const state = await statePlaceFor(options.results);
  const means = { pairs, keep: options.keep, results: runs.results, state, log };
  return withPairsInReach(means, (working, interruption) => {
    const campaign = runnable(options, runs, serversIn);
    for (const line of campaign.notes) progress.say(line);
    const { asked } = interruption;
    const withRuns = (pair: WorkingPair): WorkingPair => ({
      ...pair,
      withStack: (body) =>
        pair.withStack((deploy) => body(deployWithStore(deploy, runs, asked, tellSeldom(pair.progress.say)))),
    });
    return measureCampaign(
      dealOf(campaign, runs),
      pairs.map((pair) => withRuns(working(pair, interruption))),
      {
        look: (deployment) => runs.look(deployment),
        secondsUntilDone: (left) => secondsUntilDone(left, estimatesOf(campaign, campaign.journal.read())),
        attempts: options.attempts,
        ...{ journal: campaign.journal, progress, asked },
      },
    );
  });
}

/**
 * The campaign, of which these servers can carry all.
 * @throws LabError (exit code 2) with what they cannot give
 */
export function runnable(
  options: CampaignRunOptions,
  runs: MeasuredRuns,
  serversOf: (hosts: string) => Servers | undefined,
): Campaign {
  const campaign = namedCampaign(options, runs, serversOf);
  const { problems } = campaign.plan;
  if (problems.length > 0)
    throw new LabError(
      `these servers cannot carry the campaign:\n${problems.map((line) => `  ${line}`).join("\n")}\n` +
        "Choose other levels with --profile, or other servers with --hosts",
      { exitCode: 2 },
    );
  return campaign;
}

/** @throws LabError where a campaign has not measured all, with how much */
export function conclude({ failed, left }: CampaignOutcome): void {
  const shortfalls = [
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...[...Map.groupBy(left, ({ why }) => why)].map(([why, all]) => `${all.length} were left (${why})`),
  ];
  if (shortfalls.length > 0)
    throw new LabError(`of the campaign's deployments, ${shortfalls.join(" and ")}; run it again to measure them`);
}

/**
 * `./lab campaign run`: the scenarios of some experiments, one after the other on a stack of each pair of servers, and what became of each.
 * @throws LabError when one failed or was not tried; exit code 2 with what is wrong in options, experiments or hosts
 */
export async function runCampaign(options: CampaignRunOptions): Promise<void> {
  const start = performance.now();
  const log = join(logFolder, `campaign-${timeStamp()}`);
  const runs = await openRuns(options.results, { isWritten: true });
  const campaign = runnable(options, runs, serversAt);
  const deal = dealOf(campaign, runs);
  for (const { replicate, pair } of deal.elsewhere)
    progress.say(`replicate ${replicate} was begun on pair ${pair}, which is not among these: it is left`);
  const nothingToDo = deal.toDo.length === 0;
  if (nothingToDo) for (const line of campaign.notes) progress.say(line);
  const outcome = nothingToDo
    ? outcomeWithout(deal)
    : await withCheckout(progress, () => withResults(runs.results, progress, () => measureAll(options, runs, log)));
  await runs.remember();

  process.stdout.write(options.json ? `${JSON.stringify(outcome)}\n` : `${summaryText(outcome)}\n`);
  await settleResults(runs);
  if (nothingToDo) await tidyAll(campaign.pairs, { keep: options.keep, results: runs.results, log });
  progress.say(`campaign: done in ${((performance.now() - start) / 60_000).toFixed(1)} min`);
  if (options.keep && !nothingToDo) tellKept(campaign.pairs);
  conclude(outcome);
}

function tellKept(pairs: readonly NumberedPair[]): void {
  const names = pairs.map(({ number }) => stackNameOf(number)).filter((name) => leftoverOf(name) !== "nothing");
  if (names.length === 0) return;
  const ends = names.map((name) => `./lab destroy ${name}`).join(", ");
  progress.say(
    `kept: ${names.length === 1 ? "stack" : "stacks"} ${names.join(", ")} and the servers; end with ${ends} and ./lab hosts down`,
  );
}
