import { rmSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { pairOf } from "../../../cli/campaign/blocks.ts";
import type { PlannedDeployment } from "../../../cli/campaign/deployments.ts";
import { NeedsUserError } from "../../../cli/stack/mending.ts";
import { pairInName } from "../../../study/factors/server-pair.ts";
import {
  allRuns,
  blocks,
  entries,
  placesOfReplicates,
  planned,
  publish,
  results,
  runCommand,
  runs,
  runsThatThereAre,
  said,
  tidied,
  withResults,
} from "./made-up-pairs.ts";

withResults();

describe("blocks are dealt to pairs that are free", () => {
  it("one after the other, each wholly on one pair, and all are measured once", async () => {
    const turns: [number, number][] = [];
    const outcome = await runCommand({
      pairs: [1, 2],
      deploy: async (deployment) => {
        turns.push([pairOf(deployment), deployment.replicate]);
        // The second pair is slow: the first takes more blocks.
        for (let i = 0; i < (pairOf(deployment) === 2 ? 40 : 1); i++) await turn();
        await publish(deployment);
      },
    });
    expect(outcome).toMatchObject({ skipped: [], failed: [], left: [] });
    expect(outcome.measured.map(({ replicate }) => replicate)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect(turns.slice(0, 2)).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(placesOfReplicates([1, 2])).toEqual(
      new Map([
        [1, [1]],
        [2, [2]],
        [3, [1]],
        [4, [1]],
      ]),
    );
    expect(runsThatThereAre()).toHaveLength(allRuns);
    expect(entries().filter(({ event }) => event === "dealt")).toMatchObject([
      { replicate: 1, pair: 1 },
      { replicate: 2, pair: 2 },
      { replicate: 3, pair: 1 },
      { replicate: 4, pair: 1 },
    ]);
    for (const entry of entries())
      if (entry.event === "measured") expect(entry.pair).toBe(entry.replicate === 2 ? 2 : 1);
    expect(said).toContain(`2: [2/8] replicate 2: ${blocks[1]!.on(2)[0]!.scenario.name}`);
    expect(blocks[1]!.on(2)[0]!.scenario.name).toContain(pairInName(2));
  });

  it("goes on with other pairs: a block that was begun on one that is not there is left, and told by its pair", async () => {
    const interruption = new AbortController();
    await runCommand({
      pairs: [1, 2],
      asked: interruption.signal,
      deploy: async (deployment) => {
        await publish(deployment);
        interruption.abort(new Error("interrupted"));
      },
    });
    const before = runsThatThereAre();
    const outcome = await runCommand({ pairs: [3, 2] });
    expect(outcome.measured.map(({ pair, replicate }) => [pair, replicate])).toEqual([
      [2, 2],
      ...[3, 3, 4, 4].map((replicate) => [expect.any(Number), replicate]),
    ]);
    expect(outcome.left).toMatchObject([{ replicate: 1, pair: 1, why: "begun on pair 1, which is not among these" }]);
    expect(runsThatThereAre()).toEqual(expect.arrayContaining(before));
    expect((await runCommand({ pairs: [1] })).measured).toMatchObject([{ replicate: 1, pair: 1 }]);
    expect(runsThatThereAre()).toHaveLength(allRuns);
  });

  it("by the runs alone where the journal is gone", async () => {
    await runCommand({
      pairs: [4],
      deploy: (one) => (one.replicate < 3 ? publish(one) : Promise.reject(new Error("no VF"))),
    });
    rmSync(join(results, "campaign-made-up.ndjson"));
    const { measured, skipped } = await runCommand({ pairs: [1, 4] });
    expect(skipped.map(({ pair, replicate }) => [pair, replicate])).toEqual([1, 1, 2, 2].map((each) => [4, each]));
    expect(measured).toHaveLength(4);
    expect(runsThatThereAre()).toHaveLength(allRuns);
  });
});

describe("a pair that is dead", () => {
  it("fails its block and is given no further one, and the others measure the rest", async () => {
    const dead = async (deployment: PlannedDeployment) => {
      if (pairOf(deployment) === 2) throw new Error("the sender does not answer");
      await publish(deployment);
    };
    const outcome = await runCommand({ pairs: [1, 2], deploy: dead });
    expect(outcome.failed).toMatchObject([1, 2].map(() => ({ pair: 2, replicate: 2 })));
    expect(outcome.measured.map(({ replicate }) => replicate)).toEqual([1, 1, 3, 3, 4, 4]);
    expect(said).toContain("2: given no further block: nothing of replicate 2 could be measured");
    // Nothing of its block was measured, so the next command gives it to whoever is there.
    expect((await runCommand({ pairs: [1] })).measured).toMatchObject([1, 2].map(() => ({ pair: 1, replicate: 2 })));
    expect(runsThatThereAre()).toHaveLength(allRuns);
  });

  it("whose stack cannot be opened ends no other, and has begun nothing", async () => {
    const open = (pair: number) => {
      if (pair === 1) throw new Error("the stack is locked");
    };
    const outcome = await runCommand({ pairs: [1, 2], open });
    expect(outcome.measured.map(({ pair }) => pair)).toEqual(planned.map(() => 2));
    expect(said).toContain("1: given no further block: the stack is locked");
  });

  it("whose servers need the user deploys nothing further, also where it is alone", async () => {
    const tried: number[] = [];
    const outcome = await runCommand({
      pairs: [1],
      attempts: 3,
      deploy: async (deployment) => {
        tried.push(deployment.replicate);
        if (deployment.replicate === 2) throw new NeedsUserError("sender: number of VFs of pf0: declared 7, found 16");
        await publish(deployment);
      },
    });
    expect(tried).toEqual([1, 1, 2]);
    expect(outcome.failed).toMatchObject([
      { replicate: 2, error: "sender: number of VFs of pf0: declared 7, found 16" },
    ]);
    expect(outcome.left).toHaveLength(planned.length - 3);
    expect(said).toContain("1: given no further block: its servers need the user");
  });

  it("leaves what nobody was there for, with the reason", async () => {
    const { failed, left } = await runCommand({ pairs: [1, 2], deploy: () => Promise.reject(new Error("no VF")) });
    expect(failed.map(({ replicate }) => replicate)).toEqual([1, 1, 2, 2]);
    const why =
      /^no pair of servers was left to measure it: nothing of replicate 1 could be measured; nothing of replicate 2 /;
    expect(left).toMatchObject(
      [3, 3, 4, 4].map((replicate) => ({ replicate, pair: null, why: expect.stringMatching(why) })),
    );
  });

  it("is not one of which something of the block is measured; nor is one that is alone", async () => {
    const [first] = blocks[0]!.planned;
    const flaky = (one: PlannedDeployment) =>
      one.scenario.hash === first!.scenario.hash || one.scenario.hash === blocks[0]!.on(2)[0]!.scenario.hash
        ? Promise.reject(new Error("no VF"))
        : publish(one);
    expect(await runCommand({ pairs: [1, 2], deploy: flaky })).toMatchObject({ left: [] });
    expect(await runCommand({ pairs: [1, 2], deploy: flaky })).toMatchObject({ left: [], measured: [] });
    rmSync(results, { recursive: true });
    const alone = await runCommand({ pairs: [1], deploy: () => Promise.reject(new Error("no VF")) });
    expect(alone.failed).toHaveLength(planned.length);
  });

  it("that is alone says why its stack cannot be opened", async () => {
    const open = () => {
      throw new Error("the stack is locked");
    };
    await expect(runCommand({ pairs: [1], open })).rejects.toThrow("the stack is locked");
  });
});

it("a pair for which there is nothing is tidied, and no stack of it is opened", async () => {
  const opened: number[] = [];
  const open = (pair: number) => void opened.push(pair);
  await runCommand({ pairs: [1, 2], open });
  expect(tidied).toEqual([]);
  const [lost] = runs().runsOf(blocks[1]!.on(2)[1]!);
  rmSync(join(results, lost!.folder), { recursive: true });
  opened.length = 0;
  await runCommand({ pairs: [1, 2], open });
  expect([opened, tidied]).toEqual([[2], [1]]);
  const interruption = new AbortController();
  interruption.abort(new Error("interrupted"));
  await runCommand({ pairs: [1, 2], asked: interruption.signal });
  expect(tidied, "an interruption begins nothing").toEqual([1]);
});

it("an interruption ends all pairs after what is under way, and calls nothing failed", async () => {
  const interruption = new AbortController();
  let deployed = 0;
  const outcome = await runCommand({
    pairs: [1, 2, 3],
    asked: interruption.signal,
    deploy: async (deployment) => {
      deployed += 1;
      if (deployed < 3) return publish(deployment);
      interruption.abort(new Error("interrupted"));
      throw new Error("interrupted");
    },
  });
  expect(outcome.failed).toEqual([]);
  expect(outcome.measured.length).toBeLessThanOrEqual(3);
  expect(outcome.measured.length + outcome.left.length).toBe(planned.length);
  expect(new Set(outcome.left.map(({ why }) => why))).toEqual(new Set(["interrupted before it was measured"]));
  expect(entries().at(-1)).toMatchObject({ event: "ended", why: "interrupted" });
});
