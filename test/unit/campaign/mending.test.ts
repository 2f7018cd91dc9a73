import { expect, it } from "vitest";
import { progressIn } from "../../../cli/campaign/journal-progress.ts";
import { statusOf } from "../../../cli/campaign/status.ts";
import { blocks, entries, journal, planned, publish, runCommand, runs, withResults } from "./made-up-pairs.ts";

withResults();

const differences = ["sender: rtt-main: declared there, found gone, or not ours any more"];
const [first] = planned;
const status = () =>
  statusOf({ blocks, begun: new Map(), pairs: [{ number: 1, hosts: "hosts.json" }] }, runs(), entries(), () => 60);

it("what is mended is written down before it is, and such a deployment's time is not taken for that of others", async () => {
  await runCommand({
    pairs: [1],
    deploy: async (one, onMending) => {
      if (one === first) {
        onMending(differences);
        expect(entries().at(-1)?.event).toBe("mending");
      }
      await publish(one);
    },
  });
  expect(entries().slice(0, 5)).toMatchObject([
    { event: "begun" },
    { event: "dealt" },
    { event: "mending", replicate: 1, pair: 1, attempt: 1, differences },
    { event: "measured", whole: false },
    { event: "measured", whole: true },
  ]);
});

it("it is written down also where it fails, each time, and the failure is told", async () => {
  const outcome = await runCommand({
    pairs: [1],
    attempts: 2,
    deploy: async (one, onMending) => {
      if (one !== first) return publish(one);
      onMending(differences);
      throw new Error("the sender does not answer");
    },
  });
  expect(outcome.failed).toHaveLength(1);
  const error = "the sender does not answer";
  expect(entries().slice(2, 6)).toMatchObject([
    { event: "mending", attempt: 1, differences },
    { event: "failed", attempt: 1, error },
    { event: "mending", attempt: 2, differences },
    { event: "failed", attempt: 2, error },
  ]);
  expect(status().scenarios[0]).toMatchObject({ failed: [{ replicate: 1, attempts: 2, error }] });
  expect(progressIn(entries())).toMatchObject({ missing: 1, failed: 1, ended: "done" });
});

it("a campaign that was killed while it mended has failed nothing, and goes on", async () => {
  journal().append({ event: "begun", deployments: planned.length, missing: planned.length });
  const { name, hash } = first!.scenario;
  journal().append({ event: "mending", name, hash, replicate: 1, pair: 1, attempt: 1, differences });
  expect(status().deployments).toEqual({ done: 0, wanted: planned.length, failed: 0 });
  expect(progressIn(entries())).toMatchObject({ missing: planned.length, failed: 0, secondsLeft: null, ended: null });
  expect((await runCommand({ pairs: [1] })).measured).toHaveLength(planned.length);
});
