import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { parseBucket } from "../../../cli/bucket/address.ts";
import { Bucket } from "../../../cli/bucket/bucket.ts";
import { nameOfCampaign } from "../../../cli/campaign/queue/block-job.ts";
import { BucketStore, mirrorOf } from "../../../cli/campaign/store/bucket-store.ts";
import { messageOf } from "../../../lib/errors.ts";
import { findRuns } from "../../../measure/dataset/find-runs.ts";
import { blocksIn, textOf } from "../../support/documents.ts";
import { type S3, startS3 } from "../../support/s3.ts";
import { deployments, writeRun } from "../../unit/campaign/fixtures.ts";
import {
  end,
  enqueue,
  eventsLike,
  expectAllThere,
  expectNoneTwice,
  killOneOfThree,
  lab,
  placeFor,
  placeOfResults,
  queue,
  until,
  untilDone,
  url,
  withQueue,
  work,
} from "./made-up-workers.ts";

// Workers are started again and again, and each loads all that a worker is: on a busy machine that takes minutes.
vi.setConfig({ testTimeout: 900_000 });
const stepMs = 240_000;

/** The rights that docs/lab.md calls sufficient. */
const [policy = ""] = blocksIn(textOf("docs/lab.md"), "json");

let s3: S3;
let prefixes = 0;
beforeAll(async () => {
  s3 = await startS3("lab", policy);
  Object.assign(process.env, s3.environment);
});
afterAll(async () => {
  for (const name of Object.keys(s3?.environment ?? {})) delete process.env[name];
  await s3?.stop();
});
withQueue(() => {
  prefixes += 1;
  return `s3://lab/rtt/${prefixes}`;
});

/** Fetches all that there is, by the command. */
async function fetched(name = "fetched") {
  const directory = placeFor(name);
  return { directory, ...(await lab("campaign", "fetch", placeOfResults(), directory)) };
}
const bucket = () => new Bucket(parseBucket("--results", placeOfResults()));
/** A machine that has measured something, of which the bucket may know. */
const machine = (name: string, said: string[] = []) =>
  new BucketStore(bucket(), placeFor(name), (line) => said.push(line));

it("of three workers for two pairs one is killed: the bucket has what it has when nobody is", async () => {
  const { campaign } = await killOneOfThree(stepMs);
  const { directory, code, told } = await fetched();
  expect(code, told).toBe(0);
  expectAllThere(campaign, [1, 2], directory);
  expect(eventsLike(/given no further block|ends:/)).toEqual([]);
  expect(findRuns(directory).runs).toHaveLength(6 * 2 * 2);
});

it("while the bucket is away workers go on with what they have, and nothing is lost", async () => {
  const { campaign } = await enqueue(4, 3);
  work(1, 1500);
  work(2, 1500);
  await until(() => eventsLike(/published/).length > 1, stepMs);
  await s3.away(8000);
  await untilDone(campaign);
  const { directory } = await fetched();
  expectAllThere(campaign, [1, 2], directory);
  expect(eventsLike(/says .*ECONNREFUSED/).length).toBeGreaterThan(0);
  expect(eventsLike(/given no further block|ends:/)).toEqual([]);
  expectNoneTwice();
});

it("what a worker could not bring any more, the next one of its machine brings", async () => {
  const { campaign } = await enqueue(1, 4);
  const first = work(1, 1500, "same");
  await until(() => eventsLike(/deploys/).length > 0, stepMs);
  const back = s3.away(15_000);
  await until(() => eventsLike(/published/).length > 1, stepMs);
  await end(first, "SIGTERM");
  await back;
  expect(await bucket().list("runs/")).toEqual([]);
  expect(await queue.unfinished(nameOfCampaign(campaign))).toMatchObject([{ pair: 1, isUnderWay: false }]);
  work(1, 100, "same");
  await untilDone(campaign);
  expectAllThere(campaign, [1], (await fetched()).directory);
  expect(eventsLike(/ published /), "measured twice").toHaveLength(4);
});

it("of two machines that have measured the same run the first one's stays, whole, and the second's is told and kept", async () => {
  const [deployment] = deployments(1);
  if (deployment === undefined) throw new Error("there is none");
  const said: string[] = [];
  const [first, second] = [machine("first"), machine("second", said)];
  const folder = writeRun(first.results, deployment, 1);
  writeRun(second.results, deployment, 1, "emulated-kvm");
  await Promise.all([first.bring(), first.bring()]);
  const before = await bucket().list("");
  await second.bring();
  await second.bring();
  expect(await bucket().list("")).toEqual(before);
  expect(said).toEqual([expect.stringMatching(/run-01 is in s3:\/\/lab\/rtt\/\d+ already, as another machine/)]);
  const { directory } = await fetched();
  const [run = ""] = findRuns(directory).runs;
  expect(textFrom(join(directory, run))).toBe(textFrom(folder));
  expect(findRuns(second.results).runs).toEqual([run]);
});
const textFrom = (folder: string) => readFileSync(join(folder, "manifest.json"), "utf8");

it("fetch checks what is there, goes on where it was interrupted, and refuses what has changed", async () => {
  const store = machine("measured");
  for (const deployment of deployments(2)) for (const run of [1, 2]) writeRun(store.results, deployment, run);
  await store.bring();
  const { directory, told } = await fetched();
  expect(told).toMatch(/^4 runs fetched into \S+, \d+\.\d MB$/m);
  const [gone = "", spoilt = ""] = findRuns(directory).runs;
  rmSync(join(directory, gone), { recursive: true });
  expect((await fetched()).told).toMatch(/1 run fetched .*; 3 were there, and are the same/);
  appendFileSync(join(directory, spoilt, "ping.txt"), "!");
  const again = await fetched();
  expect(again).toMatchObject({ code: 1, told: expect.stringMatching(/ping\.txt has changed its size; move it away/) });
  expect(existsSync(join(directory, spoilt, "ping.txt"))).toBe(true);
  const nowhere = await lab("campaign", "fetch", "s3://lab/rtt/none", placeFor("none"));
  expect(nowhere).toMatchObject({ code: 1, told: expect.stringContaining("s3://lab/rtt/none has no runs") });
});

it("more is refused than the rights that docs/lab.md tells, and told without a key", async () => {
  const secret = s3.environment.AWS_SECRET_ACCESS_KEY ?? "";
  const other = new Bucket(parseBucket("--results", "s3://lab/other"));
  const failure = await other.putNew("a", Buffer.from("a")).catch((error: unknown) => error);
  expect(messageOf(failure)).toMatch(/^s3:\/\/lab\/other: a cannot be written: AccessDenied/);
  process.env.AWS_SECRET_ACCESS_KEY = "right-horse";
  const wrong = await fetched().finally(() => {
    process.env.AWS_SECRET_ACCESS_KEY = secret;
  });
  expect(wrong).toMatchObject({ code: 1, told: expect.stringContaining("SignatureDoesNotMatch") });
  expect(wrong.told).not.toMatch(/right-horse|AKIA/);
});

it("the command that queues a campaign waits for its workers, and status finds it done", async () => {
  const effort = ["baseline", "--limit", "1", "--replicates", "3", "--runs", "2", "--json"];
  const words = [...effort, "--results", placeOfResults()];
  const run = () => lab("campaign", "run", ...words, "--queue", url);
  try {
    const waiting = run();
    work(1);
    work(2);
    const { code, outcome, told } = await waiting;
    expect(code, told).toBe(0);
    expect(outcome).toMatchObject({ measured: [{}, {}, {}], skipped: [], failed: [], left: [] });
    expect(told).toContain(`to analyse them: ./lab campaign fetch ${placeOfResults()} DIRECTORY`);
    expect(told).not.toContain(s3.environment.AWS_SECRET_ACCESS_KEY);
    expect(await run()).toMatchObject({ code: 0, outcome: { measured: [], skipped: [{}, {}, {}] } });
    const { directory } = await fetched();
    for (const results of [placeOfResults(), directory]) {
      const status = await lab("campaign", "status", ...effort, "--results", results);
      expect(status, status.told).toMatchObject({ code: 0, outcome: { deployments: { done: 3, wanted: 3 } } });
    }
  } finally {
    rmSync(mirrorOf(parseBucket("--results", placeOfResults())), { recursive: true, force: true });
  }
});
