import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { deploymentLimitSeconds } from "../../infra/config/limits.ts";
import { readInventory } from "../../infra/config/load.ts";
import { LabError } from "../../lib/errors.ts";
import { checkout, labDir } from "../../lib/paths.ts";
import type { Progress } from "../../lib/progress.ts";
import { type Interruption, interruptible } from "../interrupt.ts";
import { progress } from "../progress.ts";
import { prepareEverything } from "../setup/everything.ts";
import { withCheckout, withResults, withServersLocked } from "../setup/locks.ts";
import { serverStatus, withServersUp } from "../setup/servers.ts";
import { withServersInReach } from "../stack/around-pulumi.ts";
import { readStackConfig } from "../stack/config.ts";
import { withDrivenStack } from "../stack/driven-stack.ts";
import { timeStamp } from "../stamp.ts";
import { tellReport } from "../written-report.ts";
import { type Campaign, dealOf, estimatesOf, namedCampaign } from "./campaign.ts";
import { secondsUntilDone } from "./estimate.ts";
import type { CampaignOutcome } from "./measure.ts";
import { measureCampaign, outcomeWithout, type WorkingPair } from "./measure-campaign.ts";
import { MeasuredRuns } from "./measured.ts";
import type { CampaignRunOptions } from "./options.ts";
import { type NumberedPair, pairsOf } from "./pairs.ts";
import { isEmulatedPair, type Servers, serversAt, serversIn } from "./servers.ts";
import { settingsOf } from "./settings.ts";
import { summaryText } from "./summary.ts";

/** Each pair has a stack of its own: what one has deployed is no other's. */
const stackNameOf = (pair: number) => (pair === 1 ? "campaign" : `campaign-pair${pair}`);

/** Removing a fleet of the paper's size takes minutes, so this is a hang. */
const removalLimitMs = 30 * 60_000;

/** Whether what an earlier campaign deployed is gone, because it was on emulated servers that are gone. */
async function leftoversAreGone(stackName: string, serversAreNew: boolean): Promise<boolean> {
  const before = readStackConfig(checkout, stackName);
  if (before === undefined || typeof before.hosts !== "string" || !isEmulatedPair(before.hosts)) return false;
  return serversAreNew || (await serverStatus()).some(({ status }) => status !== "up");
}

/** Progress of one of several pairs. */
const ofPair = (pair: number): Progress => ({
  say: (line) => progress.say(`pair ${pair}: ${line}`),
  step: (label, body) => progress.step(`pair ${pair}: ${label}`, body),
});

/** What the stacks of a command have in common. */
interface Deploying {
  options: CampaignRunOptions;
  env: Record<string, string>;
  interruption: Interruption;
  serversAreNew: boolean;
  results: string;
  /** Of files that take what pulumi prints, without their ending. */
  log: string;
}

/** A pair on which deployments are made by a stack of its own. */
function workingPair({ number, hosts }: NumberedPair, isAlone: boolean, deploying: Deploying): WorkingPair {
  const { options, env, interruption, serversAreNew, results, log } = deploying;
  const name = stackNameOf(number);
  const ownProgress = isAlone ? progress : ofPair(number);
  return {
    ...{ number, progress: ownProgress },
    async withStack(body) {
      const { fidelity } = readInventory(hosts);
      await withDrivenStack(
        {
          ...{ name, env, progress: ownProgress, interruption, keep: options.keep },
          logFile: isAlone ? `${log}.log` : `${log}-pair${number}.log`,
          timeLimitMs: removalLimitMs,
          leftoversAreGone: await leftoversAreGone(name, serversAreNew),
        },
        (stack) =>
          body((deployment, onMending) => {
            const timeLimitMs = 1000 * deploymentLimitSeconds(deployment.scenario.config, fidelity);
            return stack.deploy(settingsOf(deployment, { hosts, results }), { timeLimitMs, onMending });
          }),
      );
    },
  };
}

/** Runs `body` with the emulated servers up where one of the pairs is these, and leaves them as they were. */
async function withServers<T>(
  pairs: readonly NumberedPair[],
  keep: boolean,
  body: (interruption: Interruption, serversAreNew: boolean) => Promise<T>,
): Promise<T> {
  if (!pairs.some(({ hosts }) => isEmulatedPair(hosts)))
    return interruptible((interruption) => body(interruption, false));
  return withServersLocked(progress, () =>
    interruptible((interruption) => withServersUp({ progress, keep }, ({ areNew }) => body(interruption, areNew))),
  );
}

/** Deploys and measures what is missing, with everything that this needs, and takes everything down again. */
async function measureAll(options: CampaignRunOptions, runs: MeasuredRuns, log: string): Promise<CampaignOutcome> {
  const pairs = pairsOf(options);
  const variables = await prepareEverything(
    progress,
    pairs.some(({ hosts }) => isEmulatedPair(hosts)) ? "emulated" : "real",
  );
  await mkdir(join(labDir, "logs"), { recursive: true });
  return withServers(pairs, options.keep, (interruption, serversAreNew) =>
    withServersInReach(variables, async (env) => {
      const campaign = runnable(options, runs, serversIn);
      for (const line of campaign.notes) progress.say(line);
      const deploying = { options, env, interruption, serversAreNew, results: runs.results, log };
      return measureCampaign(
        dealOf(campaign, runs),
        pairs.map((pair) => workingPair(pair, pairs.length === 1, deploying)),
        {
          look: (deployment) => runs.look(deployment),
          secondsUntilDone: (left) => secondsUntilDone(left, estimatesOf(campaign, campaign.journal.read())),
          attempts: options.attempts,
          ...{ journal: campaign.journal, progress, asked: interruption.asked },
        },
      );
    }),
  );
}

/**
 * The campaign, of which these servers can carry all.
 * @throws LabError (exit code 2) with what they cannot give
 */
function runnable(options: CampaignRunOptions, runs: MeasuredRuns, serversOf: (hosts: string) => Servers): Campaign {
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

function conclude({ failed, left }: CampaignOutcome): void {
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
  const log = join(labDir, "logs", `campaign-${timeStamp()}`);
  const runs = new MeasuredRuns(resolve(checkout, options.results));
  const campaign = runnable(options, runs, serversAt);
  const deal = dealOf(campaign, runs);
  for (const { replicate, pair } of deal.elsewhere)
    progress.say(`replicate ${replicate} was begun on pair ${pair}, which is not among these: it is left`);
  const nothingToDo = deal.toDo.length === 0;
  const outcome = nothingToDo
    ? outcomeWithout(deal)
    : await withCheckout(progress, () => withResults(runs.results, progress, () => measureAll(options, runs, log)));
  await runs.remember();

  process.stdout.write(options.json ? `${JSON.stringify(outcome)}\n` : `${summaryText(outcome)}\n`);
  progress.say(`results are in ${runs.results}`);
  await tellReport(runs.results, progress);
  progress.say(`campaign: done in ${((performance.now() - start) / 60_000).toFixed(1)} min`);
  if (options.keep && !nothingToDo) tellKept(campaign.pairs);
  conclude(outcome);
}

function tellKept(pairs: readonly NumberedPair[]): void {
  const names = pairs.map(({ number }) => stackNameOf(number));
  const ends = names.map((name) => `./lab destroy ${name}`).join(", ");
  progress.say(
    `kept: ${names.length === 1 ? "stack" : "stacks"} ${names.join(", ")} and the servers; end with ${ends} and ./lab hosts down`,
  );
}
