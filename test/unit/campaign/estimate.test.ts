import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationText, estimatesFrom, secondsUntilDone, timeLeftText } from "../../../cli/campaign/estimate.ts";
import type { JournalEntry } from "../../../cli/campaign/journal.ts";
import { timeSpent } from "../../../cli/campaign/time-spent.ts";
import { busySeconds } from "../../../cli/stack/busy-time.ts";
import { componentTypes } from "../../../infra/component-types.ts";
import { planned } from "./planned.ts";

const { scenarios } = planned(["baseline"], "emulated");
const sized = (background: number) =>
  scenarios.filter(({ vms }) => vms.sender.background + vms.responder.background === background);
const took = (hash: string, seconds: number, { boot = 0, replicate = 1 } = {}): JournalEntry => ({
  ...{ event: "measured", at: "2026", hash, name: "made up", replicate, attempt: 1, whole: true, seconds },
  spent: { boot, load: 0, measuring: 0, ours: 0, engine: 0 },
});
const ofReplicate = (scenario: (typeof scenarios)[number], boots = 0, replicate = 1) => ({
  ...{ scenario, boots, replicate },
});

describe("how long a deployment takes", () => {
  const [alone, other, ...more] = sized(0).map((scenario) => ofReplicate(scenario));
  const [pair] = sized(2).map((scenario) => ofReplicate(scenario));
  const all = scenarios.map((scenario) => ofReplicate(scenario));

  it("is the median of its own times, else of those with as many VMs, else of all", () => {
    const journal = [30, 50, 40].map((seconds) => took(alone!.scenario.hash, seconds));
    const estimate = estimatesFrom([...journal, took(pair!.scenario.hash, 100)], all);
    expect(estimate(alone!)).toBe(40);
    expect(estimate(other!)).toBe(40);
    expect(estimate(pair!)).toBe(100);
    expect(estimatesFrom(journal, all)(pair!)).toBe(40);
    expect(
      estimatesFrom([{ ...took(alone!.scenario.hash, 1), whole: false } as JournalEntry], all)(alone!),
    ).toBeUndefined();
    expect(estimatesFrom([], all)(pair!)).toBeUndefined();
    expect(more.length).toBeGreaterThan(0);
  });

  it("adds the VMs that its place in the order boots: as long as so many took, else by the VM", () => {
    const { scenario } = alone!;
    const planned = [4, 0, 2].map((boots, index) => ofReplicate(scenario, boots, index + 1));
    const journal = [
      took(scenario.hash, 100, { boot: 60, replicate: 1 }),
      took(scenario.hash, 40, { boot: 0, replicate: 2 }),
      took(scenario.hash, 65, { boot: 25, replicate: 3 }),
    ];
    const estimate = estimatesFrom(journal, planned);
    expect(planned.map(estimate)).toEqual([100, 40, 65]);
    // A VM took 15 and 12.5 seconds.
    expect(estimate(ofReplicate(scenario, 6, 4))).toBe(40 + 6 * 13.75);
  });

  it("is told in minutes and hours, and not at all where nothing is known", () => {
    expect([1, 89, 3600, 7320].map(durationText)).toEqual(["1 min", "1 min", "1 h 0 min", "2 h 2 min"]);
    expect(timeLeftText(270)).toBe(", about 5 min left");
    expect(timeLeftText(undefined)).toBe("");
  });

  it("is taken for the mean of the others where it is not known", () => {
    const own = [[60, undefined, 120]];
    expect(secondsUntilDone({ own, free: [] }, (seconds) => seconds)).toBe(270);
    expect(secondsUntilDone({ own: [[undefined]], free: [[undefined]] }, (seconds) => seconds)).toBeUndefined();
  });

  it("of several pairs goes by the one that ends last, and gives each whole block to the first that is free", () => {
    const until = (own: number[][], free: number[][]) => secondsUntilDone({ own, free }, (seconds) => seconds);
    expect(until([[10, 10], [5]], [])).toBe(20);
    expect(until([[10, 10], [5]], [[6, 6], [4]])).toBe(21);
    expect(until([[], []], [[10, 10], [10], [10]])).toBe(20);
    expect(until([[]], [[10], [10]])).toBe(20);
    expect(until([], [[10]])).toBe(0);
  });
});

describe("where the time went", () => {
  const kinds = ["a", "b", "c"] as const;
  const busy = fc.record({
    kind: fc.constantFrom(...kinds),
    fromMs: fc.integer({ min: 0, max: 50 }),
    length: fc.integer({ min: 0, max: 50 }),
  });

  it("counts each moment once, for the first kind that was busy then", () => {
    fc.assert(
      fc.property(fc.array(busy, { maxLength: 12 }), (drawn) => {
        const all = drawn.map(({ kind, fromMs, length }) => ({ kind, fromMs, toMs: fromMs + length }));
        const expected = { a: 0, b: 0, c: 0 };
        for (let ms = 0; ms < 100; ms += 1) {
          const kind = kinds.find((each) => all.some((one) => one.kind === each && one.fromMs <= ms && ms < one.toMs));
          if (kind) expected[kind] += 0.001;
        }
        const found = busySeconds(all, kinds);
        for (const kind of kinds) expect(found[kind]).toBeCloseTo(expected[kind], 9);
      }),
    );
  });

  it("tells booting, load, measuring and the rest apart by what infra/ makes", () => {
    const time = (component: string, fromMs: number, toMs: number) => ({ component, fromMs, toMs });
    const { server, fleet, load, runs } = componentTypes;
    const resources = [
      time(server, 0, 2000),
      time("command:remote:Command", 2000, 4000), // the places
      time(fleet, 4000, 9000),
      time(fleet, 5000, 12_000),
      time(load, 12_000, 15_000),
      time(runs, 15_000, 30_000),
      time(runs, 30_000, 41_000),
    ];
    expect(timeSpent(resources, 50, 20)).toEqual({ boot: 10, load: 3, measuring: 20, ours: 8, engine: 9 });
    // Windows that were measured before this deployment are none of its time.
    expect(timeSpent(resources.slice(0, 4), 13, 20)).toEqual({ boot: 10, load: 0, measuring: 0, ours: 2, engine: 1 });
  });
});
