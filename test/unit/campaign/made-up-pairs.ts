import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect } from "vitest";
import { campaignBlocks, pairOf, pairsOfBlocks } from "../../../cli/campaign/blocks.ts";
import { Deal } from "../../../cli/campaign/deal.ts";
import type { PlannedDeployment } from "../../../cli/campaign/deployments.ts";
import { Journal } from "../../../cli/campaign/journal.ts";
import type { CampaignSteps } from "../../../cli/campaign/measure.ts";
import { measureCampaign } from "../../../cli/campaign/measure-campaign.ts";
import { MeasuredRuns } from "../../../cli/campaign/measured.ts";
import { measuredOn } from "../../../cli/campaign/measured-on.ts";
import { deployments, writeRun } from "./fixtures.ts";

/** Four replicates of two scenarios, as the campaign of pairs that are made up plans them. */
export const planned = deployments(2, 4);
export const blocks = campaignBlocks(planned);

/** Where this test's campaign publishes, and what its pairs have said. */
export let results: string;
export let said: string[];
/** Pairs that were tidied, because there was nothing for them. */
export let tidied: number[];
/** Gives each test of a file a results directory of its own. Called by the file, because hooks of a module are of the first that imports it. */
export function withResults(): void {
  beforeEach(() => {
    results = mkdtempSync(join(tmpdir(), "lab-campaign-"));
    said = [];
    tidied = [];
  });
  afterEach(() => rmSync(results, { recursive: true, force: true }));
}

const progressOf = (pair: number) => ({
  say: (line: string) => void said.push(`${pair}: ${line}`),
  step: <T>(label: string, body: () => Promise<T>) => {
    said.push(`${pair}: ${label}`);
    return body();
  },
});
export const runs = () => new MeasuredRuns(results, { memoryFile: join(results, "memory.json") });
export const journal = () => new Journal(join(results, "campaign-made-up.ndjson"));
export const entries = () => journal().read();

/** A command on these pairs, of which some things may be otherwise. */
interface Command {
  pairs: readonly number[];
  /** In place of publishing all runs that are missing. */
  deploy?: (deployment: PlannedDeployment, onMending: (differences: readonly string[]) => void) => Promise<void>;
  /** Of a pair. */
  open?: (pair: number) => void;
  /** What is written on the disk is not any more from here on, as when the process is killed. */
  isKilled?: () => boolean;
  asked?: AbortSignal;
  attempts?: number;
}

/** Publishes what is missing of a deployment, as a stack does. @param onDisk says whether the next write takes place */
export async function publish(deployment: PlannedDeployment, onDisk: () => boolean = () => true): Promise<void> {
  for (const [index, { state }] of runs().runsOf(deployment).entries()) {
    await turn();
    if ("missing" in state && onDisk()) writeRun(results, deployment, index + 1);
  }
}

/** A campaign on pairs whose stacks publish runs without any server. */
export function runCommand({
  pairs,
  deploy = (deployment) => publish(deployment),
  open = () => {},
  isKilled = () => false,
  asked,
  attempts = 1,
}: Command) {
  const begun = pairsOfBlocks(blocks, measuredOn(runs()));
  const deal = new Deal(blocks, begun, pairs, (deployment) => runs().missing(deployment).length === 0);
  const working = pairs.map((number) => ({
    ...{ number, progress: progressOf(number) },
    tidy: async () => void tidied.push(number),
    withStack: async (body: (made: CampaignSteps["deploy"]) => Promise<void>) => {
      await turn();
      open(number);
      await body(async (deployment, onMending) => {
        expect(pairOf(deployment)).toBe(number);
        await deploy(deployment, onMending);
        return { times: [], found: "" };
      });
    },
  }));
  const real = journal();
  return measureCampaign(deal, working, {
    look: (deployment) => runs().look(deployment),
    secondsUntilDone: () => undefined,
    attempts,
    journal: { append: (entry) => (isKilled() ? undefined : real.append(entry)) },
    progress: progressOf(0),
    asked: asked ?? new AbortController().signal,
  });
}

/** Where each replicate has runs: pairs, by replicate. */
export function placesOfReplicates(pairs: readonly number[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const { replicate, on } of blocks)
    found.set(
      replicate,
      pairs.filter((pair) => on(pair).some((deployment) => runs().hasSome(deployment))),
    );
  return found;
}
/** All runs that there are, by what was planned: replicate, place and run, whichever pair has them. */
export const runsThatThereAre = () =>
  readdirSync(results)
    .filter((name) => !name.includes("."))
    .flatMap((scenario) => readdirSync(join(results, scenario)).map((name) => join(scenario, name)));
export const allRuns = planned.length * 2;
