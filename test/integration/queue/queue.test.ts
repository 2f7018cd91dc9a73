import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { type BlockJob, nameOfCampaign } from "../../../cli/campaign/queue/block-job.ts";
import { BlockQueue } from "../../../cli/campaign/queue/block-queue.ts";
import { messageOf } from "../../../lib/errors.ts";
import {
  end,
  enqueue,
  eventsLike,
  expectAllOnce,
  killOneOfThree,
  lab,
  placeOfResults,
  postgres,
  queue,
  until,
  untilDone,
  url,
  withQueue,
  work,
} from "./made-up-workers.ts";
import { quickTimes } from "./times.ts";

withQueue();

it("two pairs measure what one command has queued, and what is queued twice is there once", async () => {
  const { campaign, added } = await enqueue(5, 1);
  expect(added).toBe(5);
  expect((await enqueue(5, 1)).added).toBe(0);
  work(1);
  work(2);
  await untilDone(campaign);
  expect(new Set(expectAllOnce(campaign, [1, 2]).values())).toEqual(new Set([1, 2]));
  expect((await enqueue(5, 1)).added, "done ones may be queued again").toBe(5);
  await untilDone(campaign);
  expectAllOnce(campaign, [1, 2]);
});

it("of three workers for two pairs one is killed: the one that waits for the pair goes on with its block", async () => {
  const { campaign, wentOnAfterMs } = await killOneOfThree();
  expect(wentOnAfterMs, "not before its heartbeat is over").toBeGreaterThan(5000);
  expectAllOnce(campaign, [1, 2]);
  expect(eventsLike(/given no further block/)).toEqual([]);
});

it("two workers that are killed five times leave what nobody killed leaves", async () => {
  const { campaign } = await enqueue(6, 3);
  const alive = new Map([1, 2].map((pair) => [pair, work(pair, 1000)]));
  for (let kill = 1; kill <= 5; kill += 1) {
    const pair = 1 + Math.floor(2 * Math.random());
    const before = eventsLike(new RegExp(`^${pair} \\d+ deploys`)).length;
    // Somewhere in a block, and now and then before the next one has begun.
    for (const until = Date.now() + 15_000; Date.now() < until; await sleep(50))
      if (eventsLike(new RegExp(`^${pair} \\d+ deploys`)).length > before) break;
    await sleep(2000 * Math.random());
    await end(alive.get(pair) as ChildProcess, "SIGKILL");
    alive.set(pair, work(pair, 1000));
  }
  await untilDone(campaign);
  expectAllOnce(campaign, [1, 2]);
});

it("a block that takes longer than a heartbeat stays its worker's, also while the database is started again", async () => {
  const { campaign } = await enqueue(1, 4);
  const first = work(1, 4000);
  await until(() => eventsLike(/^1 \d+ deploys/).length > 0);
  work(1, 100);
  work(2, 100);
  await postgres.restart(3000);
  await untilDone(campaign);
  expectAllOnce(campaign, [1, 2]);
  expect(eventsLike(/ published /).every((line) => line.startsWith(`1 ${first.pid} `))).toBe(true);
  expect(eventsLike(/is left/)).toEqual([]);
});

it("a worker that is asked to end gives its block back at once: to its pair where it has runs, else to anybody", async () => {
  const { campaign } = await enqueue(1, 5);
  const first = work(1, 3000);
  await until(() => eventsLike(/^1 \d+ deploys/).length > 0);
  await end(first, "SIGTERM");
  expect(first.exitCode).toBe(0);
  expect(await queue.unfinished(nameOfCampaign(campaign))).toEqual([
    { replicate: 1, pair: undefined, isUnderWay: false },
  ]);
  const second = work(2, 700);
  await until(() => eventsLike(/^2 \d+ published/).length > 0);
  await end(second, "SIGTERM");
  expect(await queue.unfinished(nameOfCampaign(campaign))).toEqual([{ replicate: 1, pair: 2, isUnderWay: false }]);
  work(3, 100);
  await sleep(6000);
  expect(eventsLike(/^3 \d+ deploys/), "longer than a block may be forgotten").toEqual([]);
  work(2, 100);
  await untilDone(campaign);
  expectAllOnce(campaign, [1, 2, 3]);
});

it("a block of which a worker that was killed had measured nothing is another pair's, after a while", async () => {
  const { campaign } = await enqueue(1, 6);
  const first = work(1, 30_000);
  await until(() => eventsLike(/^1 \d+ deploys/).length > 0);
  work(2, 100);
  await end(first, "SIGKILL");
  await untilDone(campaign);
  expect([...expectAllOnce(campaign, [1, 2])]).toEqual([[1, 2]]);
});

const another = (job: BlockJob) => ({ ...job, plan: { sha256: "of another version", scenarios: [] } });
const unplanned =
  /(says|ends: pair 1 is given no further block:) replicate 1 of campaign \w+ cannot be measured on pair 1 by this machine/;

it("a worker that does not plan what is queued for its pair ends, says why, and leaves it", async () => {
  const { campaign } = await enqueue(1, 7, another, 1);
  const worker = work(1);
  await until(() => worker.exitCode !== null);
  expect(worker.exitCode).toBe(2);
  expect(eventsLike(unplanned)).toHaveLength(1);
  expect(await queue.unfinished(nameOfCampaign(campaign))).toEqual([{ replicate: 1, pair: 1, isUnderWay: false }]);
  await (await queue.take(1, () => undefined))?.done({});
  expect(await queue.unfinished(nameOfCampaign(campaign))).toEqual([]);
});

it("a worker passes over what it does not plan and is for any pair, says so once, and goes on with the next campaign", async () => {
  const unknown = await enqueue(1, 8, another);
  const { campaign } = await enqueue(2, 9);
  work(1, 100);
  await untilDone(campaign);
  expectAllOnce(campaign, [1]);
  expect(eventsLike(unplanned)).toHaveLength(1);
  const left = await queue.unfinished(nameOfCampaign(unknown.campaign));
  expect(left).toEqual([{ replicate: 1, pair: undefined, isUnderWay: false }]);
});

it("a wrong password is told by what the database says, and not itself", async () => {
  process.env.PGPASSWORD = "right-horse";
  const failure = await BlockQueue.open(url, { onTrouble: () => {}, times: quickTimes }).catch((error) => error);
  process.env.PGPASSWORD = postgres.password;
  expect(messageOf(failure)).toMatch(
    /^the queue cannot be used: password authentication failed for user "lab"; see to/,
  );
  expect(messageOf(failure)).not.toContain("horse");
});

it("the command that queues a campaign waits for its workers, tells what came of it, and finds it done the next time", async () => {
  const words = [
    "baseline",
    "--limit",
    "1",
    "--replicates",
    "3",
    "--runs",
    "2",
    "--json",
    "--results",
    placeOfResults(),
  ];
  const run = () => lab("campaign", "run", ...words, "--queue", url);
  const waiting = run();
  work(1);
  work(2);
  const { code, outcome, told } = await waiting;
  expect(code, told).toBe(0);
  expect(outcome).toMatchObject({
    measured: [1, 2, 3].map((replicate) => ({ replicate })),
    skipped: [],
    failed: [],
    left: [],
  });
  expect(told).toMatch(/campaign \w{12}: 3 replicates put into the queue\n/);
  expect(told).toContain("3 of 3 replicates done");
  expect(told).not.toContain(postgres.password);
  const again = await run();
  expect(again).toMatchObject({ code: 0, outcome: { measured: [], skipped: [{}, {}, {}] } });
  expect(again.told).not.toContain("put into the queue");
});
