import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { differencesIn, mendableRefusals, mendingText, NeedsUserError } from "../../../cli/stack/mending.ts";
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
const refuse = (run: number, second: number, own: { owner?: string; mend?: string | null } = {}) =>
  recordRefusal(join(results, "a-scenario", `rep-01_run-0${run}`), {
    ...{ owner: own.owner ?? ownerOf("campaign", checkout), replicate: 1, run, at: at(second).toISOString() },
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
