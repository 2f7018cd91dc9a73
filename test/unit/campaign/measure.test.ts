import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PlannedDeployment } from "../../../cli/campaign/deployments.ts";
import { measureCampaign } from "../../../cli/campaign/measure.ts";
import { MeasuredRuns } from "../../../cli/campaign/measured.ts";
import { summaryText } from "../../../cli/campaign/summary.ts";
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
const runs = () => new MeasuredRuns(results, join(results, "memory.json"));

/** A deployment that publishes all its runs. */
async function deployed(deployment: PlannedDeployment): Promise<void> {
  for (let run = 1; run <= deployment.scenario.runs; run += 1) writeRun(results, deployment, run);
}

const campaign = (
  all: readonly PlannedDeployment[],
  deploy: (deployment: PlannedDeployment) => Promise<void> = deployed,
  asked: AbortSignal = new AbortController().signal,
) => measureCampaign(all, { deploy, missing: (deployment) => runs().missing(deployment), progress, asked });

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
    expect(() => runs().refuseOtherFidelity([one!], "emulated")).toThrow(
      /--results ".*" is not allowed: .*rep-01_run-01 there was measured on hardware servers, and these are emulated; allowed: another directory/,
    );
    expect(() => runs().refuseOtherFidelity([one!], "hardware")).not.toThrow();
    expect(() => runs().refuseOtherFidelity([two!], "emulated")).not.toThrow();
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
    expect(outcome.skipped).toEqual([{ name: all[1]!.scenario.name, hash: all[1]!.scenario.hash, replicate: 1 }]);
    expect(outcome.measured.map(({ name }) => name)).toEqual(turns);
    expect(said).toEqual([`[1/2] replicate 1: ${turns[0]}`, `[2/2] replicate 1: ${turns[1]}`]);
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
      interruption.signal,
    );
    expect(outcome.measured).toHaveLength(1);
    expect(outcome.failed).toEqual([]);
    expect(outcome.left.map(({ name }) => name)).toEqual(all.slice(1).map(({ scenario }) => scenario.name));
  });
});

describe("summaryText", () => {
  const entry = (name: string) => ({ name, hash: "h", replicate: 2 });

  it("has a line a deployment, and a failure's first line", () => {
    const text = summaryText({
      measured: [entry("a")],
      skipped: [entry("b"), entry("c")],
      failed: [{ ...entry("d"), error: "no route\nmore of it" }],
      left: [],
    });
    expect(text).toMatch(/measured +2 +a\n/);
    expect(text).toMatch(/skipped +2 +b +measured before\n/);
    expect(text).toMatch(/failed +2 +d +no route\n/);
    expect(text).not.toContain("more of it");
    expect(text).toMatch(/\n {2}1 measured, 2 skipped, 1 failed$/);
  });

  it("does not end a failure's line where its reason begins", () => {
    const failed = [
      { ...entry("d"), error: "deploying failed: The servers cannot be used:\n  sender: no route\nmore" },
    ];
    expect(summaryText({ measured: [], skipped: [], failed, left: [] })).toMatch(/cannot be used: sender: no route\n/);
  });

  it("says what an interruption left", () => {
    expect(summaryText({ measured: [], skipped: [], failed: [], left: [entry("a")] })).toMatch(/0 failed, 1 left$/);
  });
});
