import { messageOf } from "../../lib/errors.ts";
import { oneDecimal } from "../../lib/one-decimal.ts";
import type { Progress } from "../../lib/progress.ts";
import type { ResourceTime } from "../stack/deployment-report.ts";
import type { PlannedDeployment } from "./deployments.ts";
import { timeLeftText } from "./estimate.ts";
import type { Journal } from "./journal.ts";
import type { DeploymentLook } from "./measured.ts";
import { timeSpent } from "./time-spent.ts";

/** What became of a deployment. */
export interface Entry {
  name: string;
  hash: string;
  replicate: number;
}

/** What a campaign did, each deployment in one list, in their order. */
export interface CampaignOutcome {
  measured: Entry[];
  /** Measured before, and still valid. */
  skipped: Entry[];
  /** With what was wrong in each attempt, the last one's last. */
  failed: (Entry & { error: string })[];
  /** Not tried, because the campaign was interrupted. */
  left: Entry[];
}

/** A deployment that was made. */
interface MadeDeployment {
  /** What the engine was busy with. */
  times: readonly ResourceTime[];
  /** What was not as it had been deployed and was made anew, a line each. */
  mended: readonly string[];
  /** What its runs found, in words; empty where nothing is to be told. */
  found: string;
}

export interface CampaignSteps {
  /** Deploys a scenario and measures its runs. */
  deploy: (deployment: PlannedDeployment) => Promise<MadeDeployment>;
  /** What of it is measured. */
  look: (deployment: PlannedDeployment) => DeploymentLook;
  /** Seconds that each of them takes, where that is known. */
  expectedSeconds: (deployments: readonly PlannedDeployment[]) => (number | undefined)[];
  /** How often one is tried before it counts as failed. */
  attempts: number;
  journal: Pick<Journal, "append">;
  progress: Progress;
  /** Ends the campaign after what is under way. */
  asked: AbortSignal;
}

/** A deployment as the outcome names it. */
export const entryOf = ({ scenario, replicate }: PlannedDeployment): Entry => ({
  name: scenario.name,
  hash: scenario.hash,
  replicate,
});

/** A journal that says once that it cannot be written: what is measured counts without it. */
function patientJournal(journal: CampaignSteps["journal"], progress: Progress): CampaignSteps["journal"] {
  let isSaid = false;
  return {
    append(entry) {
      try {
        journal.append(entry);
      } catch (error) {
        if (!isSaid)
          progress.say(`the campaign's journal cannot be written, and is not from here on: ${messageOf(error)}`);
        isSaid = true;
      }
    },
  };
}

/** Deploys one, looks whether its data is really there, and writes down what came of it. @returns why it failed */
async function attemptOf(
  deployment: PlannedDeployment,
  attempt: number,
  label: string,
  steps: CampaignSteps,
): Promise<string | undefined> {
  const { journal, progress } = steps;
  const start = performance.now();
  const secondsSoFar = () => oneDecimal((performance.now() - start) / 1000);
  const before = steps.look(deployment);
  const fail = (error: string) => {
    if (!steps.asked.aborted)
      journal.append({ event: "failed", ...entryOf(deployment), attempt, seconds: secondsSoFar(), error });
    return error;
  };
  try {
    const { times, found, mended } = await progress.step(label, () => steps.deploy(deployment));
    if (mended.length > 0)
      journal.append({ event: "mended", ...entryOf(deployment), attempt, differences: [...mended] });
    const { missing, measuringSeconds } = steps.look(deployment);
    if (missing.length > 0) return fail(`deployed, and runs are missing: ${missing.join("; ")}`);
    const seconds = secondsSoFar();
    const isWhole = attempt === 1 && mended.length === 0 && before.missing.length === deployment.scenario.runs;
    const spent = timeSpent(times, seconds, measuringSeconds - before.measuringSeconds);
    journal.append({ event: "measured", ...entryOf(deployment), attempt, whole: isWhole, seconds, spent });
    if (found !== "") progress.say(`  ${found}`);
    return undefined;
  } catch (error) {
    return fail(messageOf(error));
  }
}

/** Tries a deployment as often as it may. @returns why it failed, each attempt's reason on lines of its own */
async function failureOf(
  deployment: PlannedDeployment,
  label: string,
  steps: CampaignSteps,
): Promise<string | undefined> {
  const errors: string[] = [];
  for (let attempt = 1; attempt <= steps.attempts; attempt += 1) {
    const error = await attemptOf(deployment, attempt, attempt === 1 ? label : `${label}, attempt ${attempt}`, steps);
    if (error === undefined) return undefined;
    errors.push(error);
    if (steps.asked.aborted) break;
    steps.progress.say(error);
  }
  return errors.join("\n");
}

/**
 * Measures deployments one after the other. What is measured and valid is left alone; one that fails is tried again, then
 * remembered, and the next one's turn comes. Never throws for a deployment: what failed stands in the outcome and in the journal.
 */
export async function measureCampaign(
  deployments: readonly PlannedDeployment[],
  given: CampaignSteps,
): Promise<CampaignOutcome> {
  const outcome: CampaignOutcome = { measured: [], skipped: [], failed: [], left: [] };
  const steps = { ...given, journal: patientJournal(given.journal, given.progress) };
  const open = deployments.filter((deployment) => steps.look(deployment).missing.length > 0);
  outcome.skipped.push(...deployments.filter((deployment) => !open.includes(deployment)).map(entryOf));
  steps.journal.append({ event: "begun", deployments: deployments.length, missing: open.length });
  for (const [index, deployment] of open.entries()) {
    const entry = entryOf(deployment);
    if (steps.asked.aborted) {
      outcome.left.push(entry);
      continue;
    }
    const left = timeLeftText(steps.expectedSeconds(open.slice(index)));
    const label = `[${index + 1}/${open.length}${left}] replicate ${entry.replicate}: ${entry.name}`;
    const error = await failureOf(deployment, label, steps);
    if (error === undefined) outcome.measured.push(entry);
    else if (steps.asked.aborted) outcome.left.push(entry);
    else outcome.failed.push({ ...entry, error });
  }
  steps.journal.append({ event: "ended", why: steps.asked.aborted ? "interrupted" : "done" });
  return outcome;
}
