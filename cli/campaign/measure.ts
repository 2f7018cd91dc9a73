import { messageOf } from "../../lib/errors.ts";
import type { Progress } from "../../lib/progress.ts";
import type { PlannedDeployment } from "./deployments.ts";

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
  failed: (Entry & { error: string })[];
  /** Not tried, because the campaign was interrupted. */
  left: Entry[];
}

export interface CampaignSteps {
  /** Deploys a scenario and measures its runs. */
  deploy: (deployment: PlannedDeployment) => Promise<unknown>;
  /** Which of its runs are not there or do not count, a line each. */
  missing: (deployment: PlannedDeployment) => readonly string[];
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

/** Deploys one, and looks whether its data is really there. @returns why it failed */
async function failureOf(
  deployment: PlannedDeployment,
  label: string,
  steps: CampaignSteps,
): Promise<string | undefined> {
  try {
    await steps.progress.step(label, () => steps.deploy(deployment));
    const missing = steps.missing(deployment);
    return missing.length > 0 ? `deployed, and runs are missing: ${missing.join("; ")}` : undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * Measures deployments one after the other. What is measured and valid is left alone; one that fails is remembered, and
 * the next one's turn comes. Never throws for a deployment: what failed stands in the outcome.
 */
export async function measureCampaign(
  deployments: readonly PlannedDeployment[],
  steps: CampaignSteps,
): Promise<CampaignOutcome> {
  const outcome: CampaignOutcome = { measured: [], skipped: [], failed: [], left: [] };
  const isOpen = new Set(deployments.filter((deployment) => steps.missing(deployment).length > 0));
  let turn = 0;
  for (const deployment of deployments) {
    const entry = entryOf(deployment);
    if (!isOpen.has(deployment)) {
      outcome.skipped.push(entry);
      continue;
    }
    if (steps.asked.aborted) {
      outcome.left.push(entry);
      continue;
    }
    turn += 1;
    const label = `[${turn}/${isOpen.size}] replicate ${entry.replicate}: ${entry.name}`;
    const error = await failureOf(deployment, label, steps);
    if (error === undefined) outcome.measured.push(entry);
    else if (steps.asked.aborted) outcome.left.push(entry);
    else {
      outcome.failed.push({ ...entry, error });
      steps.progress.say(error);
    }
  }
  return outcome;
}
