import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type Campaign, namedCampaign } from "../../../cli/campaign/campaign.ts";
import { MeasuredRuns } from "../../../cli/campaign/measured.ts";
import { type CampaignRunOptions, parseRunOptions } from "../../../cli/campaign/options.ts";
import { type BlockJob, blockJob, nameOfCampaign } from "../../../cli/campaign/queue/block-job.ts";
import { BlockQueue } from "../../../cli/campaign/queue/block-queue.ts";
import { measuredKeys, queuedOutcome } from "../../../cli/campaign/queue/queued-outcome.ts";
import { findRuns } from "../../../measure/dataset/find-runs.ts";
import { type Postgres, startPostgres } from "../../support/postgres.ts";
import { startLab } from "../lab.ts";
import { runsAt } from "./runs-at.ts";
import { quickTimes } from "./times.ts";

export let postgres: Postgres;
/** A folder for what a test's workers tell and keep. */
let place: string;
/** Where their results go. */
let results: string;
export let queue: BlockQueue;
/** Where it is. */
export let url: string;
let databases = 0;
let workers: ChildProcess[] = [];

/**
 * Gives a file's tests a PostgreSQL, and each of them a queue and results of its own.
 * @param resultsOf where these go; by default into a directory that all share
 */
export function withQueue(resultsOf = (folder: string): string => join(folder, "results")): void {
  beforeAll(async () => {
    postgres = await startPostgres();
    process.env.PGPASSWORD = postgres.password;
  });
  afterAll(async () => {
    delete process.env.PGPASSWORD;
    await postgres?.stop();
  });
  beforeEach(async () => {
    place = mkdtempSync(join(tmpdir(), "lab-queue-"));
    results = resultsOf(place);
    workers = [];
    databases += 1;
    url = postgres.database(`lab${databases}`);
    queue = await BlockQueue.open(url, { onTrouble: () => {}, times: quickTimes });
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => end(worker, "SIGTERM")));
    await queue.close();
    rmSync(place, { recursive: true });
  });
}

const isAlive = (worker: ChildProcess) => worker.exitCode === null && worker.signalCode === null;
/** Ends a worker by a signal, and waits until it has ended. */
export async function end(worker: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (!isAlive(worker)) return;
  const closed = new Promise((resolve) => worker.once("close", resolve));
  worker.kill(signal);
  await closed;
}

/**
 * Starts a worker for a pair, as a process of its own.
 * @param runMs how long a run takes
 * @param machine on which it is; by default on one of its own
 */
export function work(pair: number, runMs = 250, machine = `${workers.length}`): ChildProcess {
  const program = join(import.meta.dirname, "worker.ts");
  const worker = spawn(process.execPath, [program, url, results, place, machine, String(pair), String(runMs)], {
    stdio: "ignore",
  });
  workers.push(worker);
  return worker;
}

export const placeOfResults = () => results;
/** A path in a folder that is removed after the test. */
export const placeFor = (name: string) => join(place, name);

/** Runs a command of ./lab that prints JSON. */
export async function lab(...words: string[]): Promise<{ code: number | null; outcome: unknown; told: string }> {
  const { command, ended } = startLab(...words);
  workers.push(command);
  const { code, printed, told } = await ended;
  return { code, told, outcome: printed === "" ? undefined : JSON.parse(printed) };
}

/** Puts a campaign of two scenarios, so many replicates and two runs each into the queue. */
export async function enqueue(replicates: number, seed: number, changed = (job: BlockJob) => job, pair?: number) {
  const options: CampaignRunOptions = {
    ...parseRunOptions(["baseline"], {
      ...{
        queue: url,
        limit: "2",
        replicates: String(replicates),
        runs: "2",
        seed: String(seed),
        attempts: "1",
      },
    }),
    results,
  };
  const runs = await runsAt(results, placeFor("enqueuing"), () => {});
  const campaign = namedCampaign(options, runs, () => undefined);
  campaign.journal.append({ event: "begun", deployments: 2 * replicates, missing: 2 * replicates });
  await runs.store.bring();
  let added = 0;
  for (const block of campaign.blocks)
    if (await queue.add(changed(blockJob(campaign, block, options)), pair ?? campaign.begun.get(block.replicate)))
      added += 1;
  return { campaign, added };
}

/** Waits until the queue has nothing of a campaign. */
export async function untilDone(campaign: Campaign) {
  for (
    const deadline = Date.now() + 240_000;
    (await queue.unfinished(nameOfCampaign(campaign))).length > 0;
    await sleep(100)
  ) {
    if (Date.now() > deadline) throw new Error(`not done:\n${events().join("\n")}`);
  }
}

const events = () =>
  existsSync(join(place, "events")) ? readFileSync(join(place, "events"), "utf8").split("\n").filter(Boolean) : [];
/** What workers have told of what happened, in the order in which it did. */
export const eventsLike = (pattern: RegExp) => events().filter((line) => pattern.test(line));

/** Waits until something is so. @param withinMs after which it is an error */
export async function until(isSo: () => boolean, withinMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !isSo(); await sleep(50))
    if (Date.now() > deadline) throw new Error("it never came to that");
}

/**
 * Has three workers measure six replicates on two pairs, and kills the one of pair 1 that has begun.
 * @param withinMs that each step may take
 * @returns the campaign, all of which is done, and how long after the kill the other one of that pair went on
 */
export async function killOneOfThree(withinMs?: number): Promise<{ campaign: Campaign; wentOnAfterMs: number }> {
  const { campaign } = await enqueue(6, 2);
  const first = work(1, 500);
  await until(() => eventsLike(/^1 \d+ published/).length > 0, withinMs);
  const second = work(1, 100);
  work(2, 500);
  await sleep(1500 * Math.random());
  const killedAt = Date.now();
  await end(first, "SIGKILL");
  await until(() => eventsLike(new RegExp(`^1 ${second.pid} deploys`)).length > 0, withinMs);
  const wentOnAfterMs = Date.now() - killedAt;
  await untilDone(campaign);
  return { campaign, wentOnAfterMs };
}

/** That no run was published twice. */
export function expectNoneTwice(): void {
  const published = eventsLike(/ published /).map((line) => line.split(" ").at(-1));
  expect(new Set(published).size, "measured twice").toBe(published.length);
}

/** That every run of a campaign is there once, each replicate on one pair, and nothing was measured twice. */
export function expectAllOnce(campaign: Campaign, pairs: readonly number[]): Map<number, number> {
  expect(eventsLike(/ twice /)).toEqual([]);
  expectNoneTwice();
  return expectAllThere(campaign, pairs, results);
}

/** That every run of a campaign is in a directory once, and no others; each replicate on one pair. @returns the pair of each */
export function expectAllThere(campaign: Campaign, pairs: readonly number[], directory: string): Map<number, number> {
  const runs = new MeasuredRuns(directory, { memoryFile: placeFor("memory.json") });
  const there = findRuns(directory).runs;
  const wanted = campaign.blocks
    .flatMap((block) => block.planned.map(({ scenario }) => scenario.runs))
    .reduce((a, b) => a + b);
  expect(there).toHaveLength(wanted);
  const places = new Map<number, number>();
  for (const { replicate, on } of campaign.blocks) {
    const used = pairs.filter((pair) => on(pair).some((deployment) => runs.hasSome(deployment)));
    expect(used, `pairs of replicate ${replicate}`).toHaveLength(1);
    for (const deployment of on(used[0] ?? 0)) expect(runs.missing(deployment)).toEqual([]);
    places.set(replicate, used[0] ?? 0);
  }
  const outcome = queuedOutcome(campaign, runs, new Set());
  expect(outcome).toMatchObject({ failed: [], left: [], skipped: [] });
  expect(outcome.measured).toHaveLength(campaign.blocks.length * 2);
  expect(measuredKeys(campaign, runs).size).toBe(campaign.blocks.length * 2);
  return places;
}
