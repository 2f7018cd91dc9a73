import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  differencesIn,
  mendableRefusals,
  mendingOnce,
  mendingText,
  NeedsUserError,
} from "../../../cli/stack/mending.ts";
import { ownerOf } from "../../../infra/owner.ts";
import { checkout } from "../../../lib/paths.ts";
import { recordRefusal, refusalsOf } from "../../../measure/results/refusal.ts";

let results: string;
beforeEach(() => {
  results = mkdtempSync(join(tmpdir(), "lab-mending-"));
});
afterEach(() => rmSync(results, { recursive: true }));

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const difference = (mend: string | null) => ({
  ...{ server: "sender", what: "VF 0 of pf0: mac", declared: "52:54:00:9a:01:00", found: "02:00:00:00:00:01" },
  mend,
});
const refuse = (run: number, second: number, own: { owner?: string; mend?: string | null; at?: Date } = {}) =>
  recordRefusal(join(results, "a-scenario", `rep-01_run-0${run}`), {
    ...{
      owner: own.owner ?? ownerOf("campaign", checkout),
      replicate: 1,
      run,
      at: (own.at ?? at(second)).toISOString(),
    },
    differences: [difference(own.mend ?? null)],
  });

it("a stack is deployed once more where all that its runs were refused for is made anew by that", async () => {
  await refuse(1, 1);
  await refuse(1, 5);
  await refuse(2, 6, { owner: ownerOf("another", checkout) });
  const refusals = mendableRefusals("organization/sriov-rtt/campaign", results, at(3));
  expect(refusals.map((each) => [each.run, each.at])).toEqual([[1, at(5).toISOString()]]);
  expect(differencesIn(refusals)).toEqual([
    "sender: VF 0 of pf0: mac: declared 52:54:00:9a:01:00, found 02:00:00:00:00:01",
  ]);
  expect(mendingText(refusals)).toMatch(/up is run once more, .*:\n {2}sender: VF 0 of pf0: mac: declared /);
  expect(refusalsOf(join(results, "a-scenario", "rep-01_run-01"))).toHaveLength(2);
  expect(refusalsOf(join(results, "a-scenario", "rep-01_run-02"))).toHaveLength(1);
  expect(mendableRefusals("campaign", results, at(6))).toEqual([]);
});

it("and not where one of them needs the user, where nothing was refused, or where nobody knows the results", async () => {
  expect(mendableRefusals("campaign", results, at(0))).toEqual([]);
  expect(mendableRefusals("campaign", join(results, "nowhere"), at(0))).toEqual([]);
  await refuse(1, 1);
  expect(mendableRefusals("campaign", undefined, at(0))).toEqual([]);
  expect(mendableRefusals("campaign", results, at(0))).toHaveLength(1);
  await refuse(2, 2, { mend: "set it back" });
  expect(() => mendableRefusals("campaign", results, at(0))).toThrow(NeedsUserError);
  expect(() => mendableRefusals("campaign", results, at(0))).toThrow(
    /not all of it .*:\n.*\n {2}sender: .*; set it back$/,
  );
});

it("a record that is none is passed over", async () => {
  await refuse(1, 1);
  const [name = ""] = readdirSync(join(results, "a-scenario"));
  writeFileSync(join(results, "a-scenario", name), "half of i");
  expect(mendableRefusals("campaign", results, at(0))).toEqual([]);
});

/** Deploys the campaign's stack with what each `up` does, one after the other. @returns what was told, and how it ended */
async function deployed(ups: readonly (() => Promise<unknown>)[], asked = new AbortController().signal) {
  const told: string[] = [];
  let next = 0;
  const ended = await mendingOnce(
    { stack: "campaign", resultsDirectory: results, asked },
    async () => ups[next++]?.(),
    (refusals) => told.push(`${next}: ${differencesIn(refusals).join("; ")}`),
  ).catch((error: unknown) => error);
  return { told, ended, ups: next };
}
const refused = async (mend: string | null = null) => {
  await refuse(1, 0, { mend, at: new Date() });
  throw new Error("refused");
};
const fails = (words: string) => () => Promise.reject(new Error(words));
const difference1 = "1: sender: VF 0 of pf0: mac: declared 52:54:00:9a:01:00, found 02:00:00:00:00:01";

it("what differed is told before the second deployment, also where that fails", async () => {
  expect(await deployed([async () => "runs"])).toEqual({ told: [], ended: "runs", ups: 1 });
  expect(await deployed([fails("no VF")])).toMatchObject({ told: [], ended: { message: "no VF" }, ups: 1 });
  expect(await deployed([() => refused(), async () => "runs"])).toEqual({ told: [difference1], ended: "runs", ups: 2 });
  const twice = await deployed([() => refused(), fails("the sender does not answer")]);
  expect(twice).toMatchObject({ told: [difference1], ended: { message: "the sender does not answer" }, ups: 2 });
});

it("what needs the user after the second deployment is told as that", async () => {
  const ended = await deployed([() => refused(), () => refused("set it back")]);
  expect(ended).toMatchObject({ told: [difference1], ended: expect.any(NeedsUserError), ups: 2 });
});

it("nothing is deployed again for what needs the user, nor when an end was asked for", async () => {
  expect(await deployed([() => refused("set it back")])).toMatchObject({
    told: [],
    ended: expect.any(NeedsUserError),
    ups: 1,
  });
  const interruption = new AbortController();
  const first = () => {
    interruption.abort(new Error("interrupted"));
    return refused();
  };
  expect(await deployed([first], interruption.signal)).toMatchObject({
    told: [],
    ended: { message: "interrupted" },
    ups: 1,
  });
  const later = new AbortController();
  const second = () => {
    later.abort(new Error("interrupted"));
    return Promise.reject(new Error("ended by a signal"));
  };
  const ended = await deployed([() => refused(), second], later.signal);
  expect(ended).toMatchObject({ told: [difference1], ended: { message: "interrupted" }, ups: 2 });
});
