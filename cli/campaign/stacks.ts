import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { deploymentLimitSeconds } from "../../infra/config/limits.ts";
import { readInventory } from "../../infra/config/load.ts";
import { messageOf } from "../../lib/errors.ts";
import { checkout, labDir } from "../../lib/paths.ts";
import type { Progress } from "../../lib/progress.ts";
import { runBudget } from "../../measure/probe/budget.ts";
import type { Fidelity } from "../../measure/results/fidelity.ts";
import { requireRoom } from "../../measure/results/room.ts";
import type { BucketPlace } from "../bucket/address.ts";
import { type Interruption, interruptible } from "../interrupt.ts";
import { progress } from "../progress.ts";
import { prepareEverything } from "../setup/everything.ts";
import { withServersLocked } from "../setup/locks.ts";
import { serverStatus, withServersUp } from "../setup/servers.ts";
import { withServersInReach } from "../stack/around-pulumi.ts";
import { readStackConfig } from "../stack/config.ts";
import { clearStack, type DrivenStack, type DrivenStackOptions, withDrivenStack } from "../stack/driven-stack.ts";
import { type Leftover, leftoverOf, leftoverText } from "../stack/leftover.ts";
import { TakenOverError } from "../state/hold.ts";
import { keepIn, whileHeld } from "../state/kept.ts";
import { backendVariables } from "../state/remembered.ts";
import type { CampaignSteps } from "./measure.ts";
import type { WorkingPair } from "./measure-campaign.ts";
import type { NumberedPair } from "./pairs.ts";
import { tellSeldom } from "./queue/tell-seldom.ts";
import { isEmulatedPair } from "./servers.ts";
import { settingsOf } from "./settings.ts";

/** Each pair has a stack of its own: what one has deployed is no other's. */
export const stackNameOf = (pair: number) => (pair === 1 ? "campaign" : `campaign-pair${pair}`);

/** Removing a fleet of the paper's size takes minutes, so this is a hang. */
export const removalLimitMs = 30 * 60_000;

/** The servers that a stack was deployed on last, as its configuration names them; undefined where that cannot be read. */
function hostsOfStack(stack: string): string | undefined {
  try {
    const hosts = readStackConfig(checkout, stack)?.hosts;
    return typeof hosts === "string" ? hosts : undefined;
  } catch {
    return undefined; // it was killed before it was configured, or an earlier version has configured it
  }
}

/** A pair with the servers that its stack was deployed on last, which an earlier command may have named. */
export const onLastServers = ({ number, hosts }: NumberedPair): NumberedPair => ({
  number,
  hosts: hostsOfStack(stackNameOf(number)) ?? hosts,
});

/** Whether what an earlier campaign deployed is gone, because it was on emulated servers that are gone. */
async function leftoversAreGone(stack: string, serversAreNew: boolean): Promise<boolean> {
  const hosts = hostsOfStack(stack);
  if (hosts === undefined || !isEmulatedPair(hosts)) return false;
  return serversAreNew || (await serverStatus()).some(({ status }) => status !== "up");
}

/** What an earlier campaign has left on a pair's servers, which must be nobody's now. No engine is started. */
export async function leftoverOn({ number }: NumberedPair, serversAreNew = false): Promise<Leftover> {
  const stack = stackNameOf(number);
  const leftover = leftoverOf(stack);
  return leftover !== "nothing" && (await leftoversAreGone(stack, serversAreNew)) ? "nothing" : leftover;
}

/** Where what pulumi prints is kept. */
export const logFolder = join(labDir, "logs");

/** Runs `body` with the emulated servers up where one of the pairs is these, and leaves them as they were. */
export async function withServers<T>(
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

/** Progress of one of several pairs. */
export const progressOfPair = (pair: number): Progress => ({
  say: (line) => progress.say(`pair ${pair}: ${line}`),
  step: (label, body) => progress.step(`pair ${pair}: ${label}`, body),
});

/** What the stacks of a command have in common. */
export interface Deploying {
  keep: boolean;
  env: Record<string, string>;
  interruption: Interruption;
  serversAreNew: boolean;
  results: string;
  /** Where in a bucket stacks are kept; undefined: in none. */
  state: BucketPlace | undefined;
  /** Of files that take what pulumi prints, without their ending. */
  log: string;
}

/** A pair on which deployments are made by a stack of its own. */
export function workingPair(pair: NumberedPair, isAlone: boolean, deploying: Deploying): WorkingPair {
  const { number, hosts } = pair;
  const { keep, env, serversAreNew, state, log } = deploying;
  const name = stackNameOf(number);
  const ownProgress = isAlone ? progress : progressOfPair(number);
  const driving = <T>(body: (options: DrivenStackOptions) => Promise<T>) =>
    whileHeld(name, deploying.interruption, tellSeldom(ownProgress.say), async (held) =>
      body({
        ...{ name, env: { ...env, ...backendVariables(name) }, progress: ownProgress, ...held },
        logFile: isAlone ? `${log}.log` : `${log}-pair${number}.log`,
        timeLimitMs: removalLimitMs,
        leftoversAreGone: await leftoversAreGone(name, serversAreNew),
      }),
    );
  return {
    ...{ number, progress: ownProgress },
    async withStack(body) {
      const { fidelity } = readInventory(hosts);
      await keepIn(state, name, () => driving(clearStack));
      await driving((options) =>
        withDrivenStack({ ...options, keep }, (stack) =>
          body(deployOn(stack, options, deploying, { hosts, fidelity })),
        ),
      );
    },
    async tidy() {
      try {
        const leftover = await leftoverOn(pair, serversAreNew);
        if (leftover === "left" && !keep) await driving(clearStack);
        else if (leftover !== "nothing") ownProgress.say(leftoverText(name, leftover));
      } catch (error) {
        ownProgress.say(`what stack ${name} may have deployed could not be looked at: ${messageOf(error)}`);
        process.exitCode = 1;
      }
    },
  };
}

/** Deploys on a pair's servers, where there is room for what is measured there. */
function deployOn(
  stack: DrivenStack,
  { interruption }: Pick<DrivenStackOptions, "interruption">,
  { results }: Pick<Deploying, "results">,
  { hosts, fidelity }: { hosts: string; fidelity: Fidelity },
): CampaignSteps["deploy"] {
  return async (deployment, onMending) => {
    const { runs, factors, config } = deployment.scenario;
    try {
      interruption.asked.throwIfAborted();
      await requireRoom(results, runs * runBudget(factors, fidelity).runBytes);
      const timeLimitMs = 1000 * deploymentLimitSeconds(config, fidelity);
      return await stack.deploy(settingsOf(deployment, { hosts, results }), { timeLimitMs, onMending });
    } catch (error) {
      const { reason } = interruption.asked;
      throw reason instanceof TakenOverError ? reason : error;
    }
  };
}

/** What a command deploys on pairs of servers with. */
interface Means extends Pick<Deploying, "keep" | "results" | "state" | "log"> {
  pairs: readonly NumberedPair[];
}

/**
 * Runs `body` with everything that deployments on these pairs need, and takes everything down again.
 * @param body gets what makes a pair one to work on until its interruption, and the interruption of all
 */
export async function withPairsInReach<T>(
  { pairs, ...means }: Means,
  body: (working: (pair: NumberedPair, until: Interruption) => WorkingPair, all: Interruption) => Promise<T>,
): Promise<T> {
  const areEmulated = pairs.some(({ hosts }) => isEmulatedPair(hosts));
  const variables = await prepareEverything(progress, areEmulated ? "emulated" : "real");
  await mkdir(logFolder, { recursive: true });
  const known = new Set<number>();
  return withServers(pairs, means.keep, (all, areNew) =>
    withServersInReach(variables, (env) =>
      body((pair, interruption) => {
        const serversAreNew = areNew && !known.has(pair.number); // what this command itself has deployed is not gone
        known.add(pair.number);
        return workingPair(pair, pairs.length === 1, { ...means, env, interruption, serversAreNew });
      }, all),
    ),
  );
}
