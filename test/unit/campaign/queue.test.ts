import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { namedCampaign } from "../../../cli/campaign/campaign.ts";
import { MeasuredRuns } from "../../../cli/campaign/measured.ts";
import { parseRunOptions, parseWorkOptions, type RunWords } from "../../../cli/campaign/options.ts";
import { type BlockJob, blockJob, blockJobSchema, plannedBlock } from "../../../cli/campaign/queue/block-job.ts";
import { measuredKeys, queuedOutcome } from "../../../cli/campaign/queue/queued-outcome.ts";
import { messageOf } from "../../../lib/errors.ts";
import { writeRun } from "./fixtures.ts";

const url = "postgres://lab@db.example/lab";

let results: string;
beforeEach(() => {
  results = mkdtempSync(join(tmpdir(), "lab-queued-"));
});
afterEach(() => rmSync(results, { recursive: true }));
const runs = () => new MeasuredRuns(results, { memoryFile: join(results, "memory.json") });

/** A campaign as the command that queues it has it: two scenarios and two runs of each, unless words say otherwise. */
function queued(words: RunWords = {}) {
  const effort = { limit: "2", replicates: "3", runs: "2", seed: "5" };
  const options = { ...parseRunOptions(["baseline"], { queue: url, ...effort, ...words }), results };
  const campaign = namedCampaign(options, runs(), () => undefined);
  return { campaign, jobs: campaign.blocks.map((block) => blockJob(campaign, block, options)) };
}

const errorOf = (call: () => unknown): unknown => {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("options", () => {
  it.each([
    ["postgres://lab:s3cret@db.example:5433/lab", '--queue "postgres://…@db.example:5433/lab" is not allowed'],
    ["postgresql://db.example/lab?password=s3cret", '--queue "postgresql://…@db.example/lab" is not allowed'],
    ["postgres://lab:s3cret/x@db.example/lab", '--queue "…" is not allowed'],
    ["mysql://lab:s3cret@db.example/lab", '--queue "…" is not allowed'],
    ["s3cret@db.example", '--queue "…" is not allowed'],
    ["host=db.example password=s3cret", '--queue "…" is not allowed'],
  ])("a queue as %s is refused, and no password is told", (queue, message) => {
    for (const parse of [() => parseRunOptions(["baseline"], { queue }), () => parseWorkOptions({ queue })]) {
      const error = errorOf(parse);
      expect(error).toMatchObject({ exitCode: 2 });
      expect(messageOf(error)).toContain(message);
      expect(messageOf(error)).toContain("PGPASSWORD or ~/.pgpass");
      expect(messageOf(error)).not.toContain("s3cret");
    }
  });

  it.each(["postgres://", url, "postgresql://%2Frun%2Fpostgresql/lab?sslmode=verify-full&sslrootcert=/ca.pem"])(
    "a queue as %s is taken as it is",
    (queue) => {
      expect(parseRunOptions(["baseline"], { queue })).toMatchObject({ queue, isDealt: true });
      expect(parseWorkOptions({ queue, pair: "3", hosts: "h.json" })).toEqual({
        ...{ queue, pair: 3, hosts: "h.json", pairs: undefined, newHostKeys: false, results: "results" },
      });
    },
  );

  it("what a queue cannot keep or deal is refused", () => {
    expect(() => parseRunOptions(["baseline"], { queue: url, keep: true })).toThrow("--keep");
    expect(() => parseRunOptions(["baseline"], { queue: url, pair: "2" })).toThrow('--pair "2" is not allowed');
    expect(parseRunOptions(["baseline"], { pair: "2" }).queue).toBeUndefined();
  });
});

describe("a queued block", () => {
  const place = () => ({ runs: runs(), serversOf: () => undefined, newHostKeys: false });
  const pair = { number: 2, hosts: "none" };

  it("is planned by another machine as it was queued, on that machine's pair", () => {
    const { campaign, jobs } = queued({ only: ["pingRatePps=1000"], order: "random" });
    for (const [index, job] of jobs.entries()) {
      const sent = blockJobSchema.parse(JSON.parse(JSON.stringify(job)));
      const { block } = plannedBlock(sent, pair, place());
      expect(block.planned).toEqual(campaign.blocks[index]?.planned);
      expect(block.on(2).every(({ scenario }) => scenario.name.includes("pair2"))).toBe(true);
    }
    expect(jobs.map(({ replicate }) => replicate)).toEqual([1, 2, 3]);
    expect(new Set(jobs.map(({ campaign: name }) => name))).toEqual(
      new Set([campaign.blocks[0]?.planned[0]?.order.campaign]),
    );
  });

  it.each<[string, (job: BlockJob) => BlockJob, RegExp]>([
    [
      "of other scenarios",
      (job) => ({ ...job, options: { ...job.options, limit: 3 } }),
      /here \S+ is planned, which is not in the queue/,
    ],
    [
      "of scenarios that are not there",
      (job) => ({ ...job, options: { ...job.options, limit: 1 } }),
      /the queue has \S+, which is not planned here/,
    ],
    [
      "of other runs",
      (job) => ({ ...job, options: { ...job.options, runs: 3 } }),
      /the same names, and other factors, runs or order/,
    ],
    [
      "of another order",
      (job) => ({ ...job, options: { ...job.options, seed: 6 } }),
      /the same names, and other factors, runs or order/,
    ],
    [
      "of fewer replicates",
      (job) => ({ ...job, options: { ...job.options, replicates: 1 } }),
      /the queue has \S+ and 1 more, which is not planned here/,
    ],
  ])("%s is refused, with what differs", (_, changed, message) => {
    const job = changed(queued().jobs[2] as BlockJob);
    const error = errorOf(() => plannedBlock(job, pair, place()));
    expect(error).toMatchObject({ exitCode: 2 });
    expect(messageOf(error)).toMatch(
      /^replicate 3 of campaign [0-9a-f]{12} cannot be measured on pair 2 by this machine: /,
    );
    expect(messageOf(error)).toMatch(message);
    expect(messageOf(error)).toContain("Use the same version of the testbed");
  });
});

it("what a queued campaign came to is told from runs, and from the parts of its journal", () => {
  const { campaign } = queued();
  const [first, second, third] = campaign.blocks;
  const publish = (block = first, on = 1, count = 2) => {
    for (const deployment of block?.on(on).slice(0, count) ?? [])
      for (const run of [1, 2]) writeRun(results, deployment, run);
  };
  publish(first, 2);
  const before = measuredKeys(campaign, runs());
  publish(second, 3, 1);
  const tried = second?.on(3)[1]?.scenario ?? expect.fail();
  const failed = { hash: tried.hash, name: tried.name, replicate: 2, attempt: 1, pair: 3, seconds: 1, error: "no VF" };
  campaign.journal.ofPair(3).append({ event: "dealt", replicate: 2, pair: 3 });
  campaign.journal.ofPair(3).append({ event: "failed", ...failed });
  campaign.journal.ofPair(4).append({ event: "dealt", replicate: 3, pair: 4 });
  const { measured, skipped, failed: failures, left } = queuedOutcome(campaign, runs(), before);
  expect(skipped.map(({ replicate, pair }) => [replicate, pair])).toEqual([1, 1].map((each) => [each, 2]));
  expect(measured).toMatchObject([{ replicate: 2, pair: 3 }]);
  expect(failures).toMatchObject([{ replicate: 2, pair: 3, error: "no VF" }]);
  expect(left.map(({ replicate, pair, hash }) => [replicate, pair, hash])).toEqual(
    third?.on(4).map(({ scenario }) => [3, 4, scenario.hash]),
  );
});
