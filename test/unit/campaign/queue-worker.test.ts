import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { BlockJob } from "../../../cli/campaign/queue/block-job.ts";
import { HeldBlock, type Settling } from "../../../cli/campaign/queue/held-block.ts";
import { tellSeldom } from "../../../cli/campaign/queue/tell-seldom.ts";
import { queueText, waitUntilDone } from "../../../cli/campaign/queue/wait.ts";
import { messageOf } from "../../../lib/errors.ts";

const job: BlockJob = {
  ...{ campaign: "0123456789ab", replicate: 1, experiments: ["baseline"], attempts: 1 },
  ...{ options: { profile: "emulated", only: [] }, plan: { sha256: "", scenarios: [] } },
};

describe("a block that a worker holds", () => {
  const settling = (said: string[], more: Partial<Settling> = {}): Settling => ({
    beat: async () => true,
    done: async () => void said.push("done"),
    giveBack: async () => void said.push("given back"),
    moveTo: async (pair) => void said.push(`to ${pair}`),
    ...more,
  });

  it("is settled once, and again for as long as the queue does not answer", async () => {
    const [said, troubles] = [[] as string[], [] as string[]];
    let failures = 2;
    const done = async () => {
      failures -= 1;
      if (failures >= 0) throw new Error("no route to host");
      said.push("done");
    };
    let beats = 0;
    const beat = async () => {
      beats += 1;
      return true;
    };
    const held = new HeldBlock(job, settling(said, { done, beat }), 0.5, (line) => troubles.push(line));
    await held.done({});
    const beatsBefore = beats;
    await held.giveBack();
    await held.moveTo(2);
    expect(said).toEqual(["done"]);
    expect(troubles).toEqual(Array(2).fill("the queue: no route to host"));
    await sleep(700);
    expect(beats).toBe(beatsBefore);
  });

  it("is lost when the queue has given it away, and nothing is said of it any more", async () => {
    const said: string[] = [];
    const held = new HeldBlock(job, settling(said, { beat: async () => false }), 0.2, () => {});
    await new Promise((resolve) => held.lost.addEventListener("abort", resolve));
    expect(messageOf(held.lost.reason)).toMatch(
      /^replicate 1 of campaign \w+ is left: the queue has given it to another worker, or somebody has taken it out$/,
    );
    await held.done({});
    expect(said).toEqual([]);
  });

  it("is lost when the queue does not answer for as long as it waits for a worker, and not before", async () => {
    const begun = performance.now();
    let isDown = false;
    const beat = async () => {
      if (isDown) throw new Error("no route to host");
      return true;
    };
    const held = new HeldBlock(job, settling([], { beat }), 0.5, () => {});
    await sleep(800);
    expect(held.lost.aborted).toBe(false);
    isDown = true;
    const downFrom = performance.now();
    await new Promise((resolve) => held.lost.addEventListener("abort", resolve));
    expect(performance.now() - downFrom).toBeGreaterThan(350);
    expect(performance.now() - begun).toBeGreaterThan(1200);
    expect(messageOf(held.lost.reason)).toContain("the queue has not answered for too long");
  });
});

it("who waits is told what changes, asks again where nobody answers, and ends when nothing is left", async () => {
  const block = (replicate: number, pair?: number, isUnderWay = false) => ({ replicate, pair, isUnderWay });
  const answers = [
    [block(1, 2, true), block(2, 1), block(3)],
    [block(1, 2, true), block(2, 1), block(3)],
    undefined,
    [block(3, 2, true)],
    [],
  ];
  const said: string[] = [];
  const unfinished = async () => answers.shift() ?? Promise.reject(new Error("no route to host"));
  const wait = {
    queue: { unfinished },
    name: "abc",
    replicates: 4,
    say: (line: string) => void said.push(line),
    everyMs: 1,
  };
  await waitUntilDone({ ...wait, asked: new AbortController().signal });
  expect(said).toEqual([
    "1 of 4 replicates done; replicate 1 on pair 2; 2 in the queue, some for pair 1 alone",
    "the queue: no route to host",
    "3 of 4 replicates done; replicate 3 on pair 2",
    "4 of 4 replicates done",
  ]);
  answers.push([block(3)]);
  await expect(waitUntilDone({ ...wait, asked: AbortSignal.abort() })).rejects.toThrow(
    /^interrupted: 3 of 4 replicates done; 1 in the queue\. What is in the queue stays there/,
  );
  expect(queueText([], 1)).toBe("1 of 1 replicate done");
});

it("the same line is told again only after a while", () => {
  const said: string[] = [];
  let now = 0;
  const tell = tellSeldom(
    (line) => said.push(line),
    100,
    () => now,
  );
  for (now of [0, 50, 99]) tell("a");
  tell("b");
  now = 100;
  tell("a");
  expect(said).toEqual(["a", "b", "a"]);
});
