import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { campaignBlocks } from "../../../cli/campaign/blocks.ts";
import { Deal } from "../../../cli/campaign/deal.ts";
import type { PlannedDeployment } from "../../../cli/campaign/deployments.ts";
import { estimatesFrom, secondsUntilDone } from "../../../cli/campaign/estimate.ts";
import { Journal } from "../../../cli/campaign/journal.ts";
import { measureCampaign } from "../../../cli/campaign/measure-campaign.ts";
import { MeasuredRuns } from "../../../cli/campaign/measured.ts";
import { statusOf, statusText } from "../../../cli/campaign/status.ts";
import type { Progress } from "../../../lib/progress.ts";
import { deployments, writeRun } from "./fixtures.ts";

let results: string;
let said: string[];
const progress: Progress = {
  say: (line) => void said.push(line),
  step: (label, body) => {
    said.push(label);
    return body();
  },
};

beforeEach(() => {
  results = mkdtempSync(join(tmpdir(), "lab-campaign-"));
  said = [];
});
afterEach(() => rmSync(results, { recursive: true }));

/** The runs as a campaign finds them, and remembers them for the next look. */
const runs = () => new MeasuredRuns(results, { memoryFile: join(results, "memory.json") });

/** A deployment that publishes all its runs. */
async function deployed(deployment: PlannedDeployment): Promise<void> {
  for (let run = 1; run <= deployment.scenario.runs; run += 1) writeRun(results, deployment, run);
}

const campaign = (
  all: readonly PlannedDeployment[],
  deploy: (deployment: PlannedDeployment) => Promise<void> = deployed,
  { asked = new AbortController().signal, attempts = 1 } = {},
) =>
  measureCampaign(
    new Deal(campaignBlocks(all), onPairOne(all), [1], (deployment) => runs().missing(deployment).length === 0),
    [
      {
        ...{ number: 1, progress, tidy: async () => {} },
        withStack: (body) =>
          body(async (deployment) => {
            await deploy(deployment);
            return { times: [], found: "" };
          }),
      },
    ],
    {
      look: (deployment) => runs().look(deployment),
      secondsUntilDone: (left) => secondsUntilDone(left, estimatesFrom(journal().read(), all)),
      attempts,
      ...{ journal: journal(), progress, asked },
    },
  );
const onPairOne = (all: readonly PlannedDeployment[]) => new Map(all.map(({ replicate }) => [replicate, 1]));
/** How far the deployments are, on the pair that is alone. */
const status = (all: readonly PlannedDeployment[]) =>
  statusOf(
    { blocks: campaignBlocks(all), begun: onPairOne(all), pairs: [{ number: 1, hosts: "hosts.json" }] },
    ...([runs(), journal().read(), () => 60] as const),
  );
const journal = () => new Journal(join(results, "campaign-made-up.ndjson"));
const events = () =>
  journal()
    .read()
    .map(({ event }) => event);

describe("runs that are missing", () => {
  it("says which runs are not there or do not count", () => {
    const [one] = deployments(1);
    expect(runs().missing(one!)).toEqual([
      expect.stringMatching(/rep-01_run-01: there is no manifest\.json$/),
      expect.stringMatching(/rep-01_run-02: there is no manifest\.json$/),
    ]);
    writeRun(results, one!, 1);
    const second = writeRun(results, one!, 2);
    expect(runs().missing(one!)).toEqual([]);
    appendFileSync(join(second, "ping.txt"), "!");
    expect(runs().missing(one!)).toEqual([expect.stringMatching(/run-02: ping\.txt has changed its size$/)]);
  });

  it("does not take another replicate's runs", async () => {
    const [one] = deployments(1);
    await deployed(one!);
    expect(runs().missing({ ...one!, replicate: 2 })).toHaveLength(2);
  });
});

describe("runs of other servers", () => {
  it("refuses a results directory with the same scenario of other servers", async () => {
    const [one, two] = deployments(2);
    writeRun(results, one!, 1, "hardware");
    expect(() => runs().refuseOtherFidelity([one!], ["emulated"])).toThrow(
      /--results ".*" is not allowed: .*rep-01_run-01 there was measured on hardware servers, and these are emulated; allowed: another directory/,
    );
    expect(() => runs().refuseOtherFidelity([one!], ["hardware"])).not.toThrow();
    expect(() => runs().refuseOtherFidelity([two!], ["emulated"])).not.toThrow();
  });
});

describe("measureCampaign", () => {
  it("measures one after the other, and skips what is there", async () => {
    const all = deployments(3);
    await deployed(all[1]!);
    const turns: string[] = [];
    const outcome = await campaign(all, async (one) => {
      turns.push(one.scenario.name);
      await deployed(one);
    });
    expect(turns).toEqual([all[0]!.scenario.name, all[2]!.scenario.name]);
    expect(outcome.skipped).toEqual([
      { name: all[1]!.scenario.name, hash: all[1]!.scenario.hash, replicate: 1, pair: 1 },
    ]);
    expect(outcome.measured.map(({ name }) => name)).toEqual(turns);
    expect(said).toEqual([`[1/2] replicate 1: ${turns[0]}`, `[2/2, about 1 min left] replicate 1: ${turns[1]}`]);
    expect(events()).toEqual(["begun", "dealt", "measured", "measured", "ended"]);
    expect((await campaign(all, () => Promise.reject(new Error("deployed again")))).skipped).toHaveLength(3);
  });

  it("measures again a scenario of which one run is spoilt", async () => {
    const all = deployments(1);
    await deployed(all[0]!);
    appendFileSync(join(writeRun(results, all[0]!, 1), "ping.txt"), "!");
    expect((await campaign(all)).measured).toHaveLength(1);
  });

  it("goes on after each failure and remembers them all", async () => {
    const all = deployments(6);
    const outcome = await campaign(all, (one) =>
      one === all[5]
        ? deployed(one)
        : Promise.reject(new Error("the sender does not answer\nAll that pulumi said: log")),
    );
    expect(outcome.failed).toHaveLength(5);
    expect(outcome.failed[0]).toMatchObject({
      replicate: 1,
      error: expect.stringMatching(/^the sender does not answer\n/),
    });
    expect(outcome.measured).toHaveLength(1);
  });

  it("tries one again that has failed, and writes down why each attempt did", async () => {
    const all = deployments(2);
    let tries = 0;
    const flaky = async (one: PlannedDeployment) => {
      tries += 1;
      if (one === all[0] && tries < 2) throw new Error("the sender does not answer");
      if (one === all[1]) throw new Error(`no VF, try ${tries}`);
      await deployed(one);
    };
    const outcome = await campaign(all, flaky, { attempts: 2 });
    expect(outcome.measured).toHaveLength(1);
    expect(outcome.failed).toMatchObject([{ error: "no VF, try 3\nno VF, try 4" }]);
    expect(journal().read()).toMatchObject([
      { event: "begun", deployments: 2, missing: 2, process: { pid: process.pid } },
      { event: "dealt", replicate: 1, pair: 1 },
      { event: "failed", attempt: 1, error: "the sender does not answer" },
      { event: "measured", attempt: 2, whole: false, spent: { measuring: 0, boot: 0 } },
      { event: "failed", attempt: 1, error: "no VF, try 3" },
      { event: "failed", attempt: 2, error: "no VF, try 4" },
      { event: "ended", why: "done" },
    ]);
    const [first] = runs().runsOf(all[0]!);
    mkdirSync(join(results, first!.folder, "..", `invalid_${basename(first!.folder)}_2026-01-01T00-00-00-000Z`));
    const found = status(all);
    expect(found).toMatchObject({
      deployments: { done: 1, wanted: 2, failed: 1 },
      secondsLeft: 60,
      scenarios: [
        { done: 1, wanted: 1, runs: { done: 2, missing: 0, invalid: 1 }, failed: [] },
        { done: 0, wanted: 1, runs: { done: 0, missing: 2 }, failed: [{ replicate: 1, attempts: 2 }] },
      ],
    });
    expect(statusText(found)).toMatch(/failed 2 times: replicate 1 of .*: no VF, try 4\n/);
    expect(statusText(found)).toMatch(/1 of 2 deployments measured, 1 failed; about 1 min left\n/);
    // What was measured after all has failed no more.
    const later = await campaign(all, deployed);
    expect(later.measured).toHaveLength(1);
    expect(status(all)).toMatchObject({
      deployments: { done: 2, failed: 0 },
      secondsLeft: 0,
    });
  });

  it("does not believe a deployment whose data is not there", async () => {
    const outcome = await campaign(deployments(1), () => Promise.resolve());
    expect(outcome.failed[0]?.error).toMatch(/^deployed, and runs are missing: .*run-01: there is no manifest/);
  });

  it("ends when it is interrupted, without calling it a failure", async () => {
    const all = deployments(4);
    const interruption = new AbortController();
    const outcome = await campaign(
      all,
      async (one) => {
        if (one !== all[1]) return deployed(one);
        interruption.abort(new Error("interrupted"));
        throw new Error("interrupted");
      },
      { asked: interruption.signal },
    );
    expect(outcome.measured).toHaveLength(1);
    expect(outcome.failed).toEqual([]);
    expect(events()).toEqual(["begun", "dealt", "measured", "ended"]);
    expect(journal().read().at(-1)).toMatchObject({ why: "interrupted" });
    expect(outcome.left.map(({ name }) => name)).toEqual(all.slice(1).map(({ scenario }) => scenario.name));
  });
});
