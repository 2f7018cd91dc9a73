import { messageOf } from "../../lib/errors.ts";
import { oneDecimal } from "../../lib/one-decimal.ts";
import type { Progress } from "../../lib/progress.ts";
import { NoRoomError } from "../../measure/results/room.ts";
import type { ResourceTime } from "../stack/deployment-report.ts";
import { NeedsUserError } from "../stack/mending.ts";
import { TakenOverError } from "../state/hold.ts";
import { pairOf } from "./blocks.ts";
import type { PlannedDeployment } from "./deployments.ts";
import type { Journal } from "./journal.ts";
import type { DeploymentLook } from "./measured.ts";
import { timeSpent } from "./time-spent.ts";

/** What became of a deployment. */
export interface Entry {
  name: string;
  hash: string;
  replicate: number;
  /** The pair of servers. */
  pair: number;
}

/** What a campaign did, each deployment in one list, in their order. */
export interface CampaignOutcome {
  measured: Entry[];
  /** Measured before, and still valid. */
  skipped: Entry[];
  /** With what was wrong in each attempt, the last one's last. */
  failed: (Entry & { error: string })[];
  /** Not tried, with why; on no pair yet where it is null. */
  left: (Omit<Entry, "pair"> & { pair: number | null; why: string })[];
}

/** A deployment that was made. */
interface MadeDeployment {
  /** What the engine was busy with. */
  times: readonly ResourceTime[];
  /** What its runs found, in words; empty where nothing is to be told. */
  found: string;
}

export interface CampaignSteps {
  /**
   * Deploys a scenario and measures its runs.
   * @param onMending is told before what was not as it had been deployed is made anew, a line each
   */
  deploy: (
    deployment: PlannedDeployment,
    onMending: (differences: readonly string[]) => void,
  ) => Promise<MadeDeployment>;
  /** What of it is measured. */
  look: (deployment: PlannedDeployment) => DeploymentLook;
  /** How often one is tried before it counts as failed. */
  attempts: number;
  journal: Pick<Journal, "append">;
  progress: Progress;
  /** Ends the campaign after what is under way. */
  asked: AbortSignal;
}

/** A deployment as the outcome names it. */
export const entryOf = (deployment: PlannedDeployment): Entry => ({
  name: deployment.scenario.name,
  hash: deployment.scenario.hash,
  replicate: deployment.replicate,
  pair: pairOf(deployment),
});

/** Why a deployment failed. */
interface Failure {
  error: string;
  /** Why nothing further is deployed on this pair; undefined where the next one's turn comes. */
  endsPair: string | undefined;
}

/** What would hold for the next deployment as well. */
function endingOf(error: unknown): string | undefined {
  if (error instanceof NeedsUserError) return "its servers need the user";
  if (error instanceof TakenOverError) return error.message;
  return error instanceof NoRoomError ? "there is no room for what is measured" : undefined;
}

/** Deploys one, looks whether its data is really there, and writes down what came of it. @returns why it failed */
async function attemptOf(
  deployment: PlannedDeployment,
  attempt: number,
  label: string,
  steps: CampaignSteps,
): Promise<Failure | undefined> {
  const { journal, progress } = steps;
  const start = performance.now();
  const secondsSoFar = () => oneDecimal((performance.now() - start) / 1000);
  const before = steps.look(deployment);
  let isMended = false;
  const noteMending = (differences: readonly string[]) => {
    isMended = true;
    journal.append({ event: "mending", ...entryOf(deployment), attempt, differences: [...differences] });
  };
  const fail = (error: string, endsPair?: string): Failure => {
    if (!steps.asked.aborted)
      journal.append({ event: "failed", ...entryOf(deployment), attempt, seconds: secondsSoFar(), error });
    return { error, endsPair };
  };
  try {
    const { times, found } = await progress.step(label, () => steps.deploy(deployment, noteMending));
    const { missing, measuringSeconds } = steps.look(deployment);
    if (missing.length > 0) return fail(`deployed, and runs are missing: ${missing.join("; ")}`);
    const seconds = secondsSoFar();
    const isWhole = attempt === 1 && !isMended && before.missing.length === deployment.scenario.runs;
    const spent = timeSpent(times, seconds, measuringSeconds - before.measuringSeconds);
    journal.append({ event: "measured", ...entryOf(deployment), attempt, whole: isWhole, seconds, spent });
    if (found !== "") progress.say(`  ${found}`);
    return undefined;
  } catch (error) {
    return fail(messageOf(error), endingOf(error));
  }
}

/**
 * Tries a deployment as often as it may. Never throws for it.
 * @returns why it failed, each attempt's reason on lines of its own; undefined where it is measured
 */
export async function failureOf(
  deployment: PlannedDeployment,
  label: string,
  steps: CampaignSteps,
): Promise<Failure | undefined> {
  const errors: string[] = [];
  let endsPair: string | undefined;
  for (let attempt = 1; attempt <= steps.attempts; attempt += 1) {
    const failure = await attemptOf(deployment, attempt, attempt === 1 ? label : `${label}, attempt ${attempt}`, steps);
    if (failure === undefined) return undefined;
    errors.push(failure.error);
    endsPair = failure.endsPair;
    if (steps.asked.aborted) break;
    steps.progress.say(failure.error);
    if (endsPair !== undefined) break;
  }
  return { error: errors.join("\n"), endsPair };
}
