import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Journal, type JournalEntry, journalFile } from "../../../cli/campaign/journal.ts";
import { JournalsIn, progressIn } from "../../../cli/campaign/journal-progress.ts";
import { identify, type ProcessIdentity } from "../../../lib/process-identity.ts";
import { temporaryFolder } from "../../support/report.ts";

const at = (second: number) => `2026-01-02T03:04:${String(second).padStart(2, "0")}.000Z`;
const spent = { boot: 1, load: 1, measuring: 1, ours: 1, engine: 1 };
const entry = (hash: string, replicate: number, second: number) => ({
  ...{ at: at(second), hash: hash.repeat(64), name: hash, replicate, attempt: 1 },
});
const begun = (deployments: number, missing: number, second = 0, whose?: ProcessIdentity): JournalEntry => ({
  ...{ event: "begun", at: at(second), deployments, missing, process: whose },
});
const measured = (hash: string, replicate: number, second: number, seconds = 60, whole = true): JournalEntry => ({
  ...{ event: "measured", ...entry(hash, replicate, second), whole, seconds, spent },
});
const failed = (hash: string, replicate: number, second: number): JournalEntry => ({
  ...{ event: "failed", ...entry(hash, replicate, second), seconds: 5, error: "why" },
});

test("a journal tells how far its campaign is: what was measured before it began counts too", () => {
  expect(progressIn([])).toBeUndefined();
  expect(progressIn([begun(4, 3)])).toEqual({
    ...{ wanted: 4, done: 1, missing: 3, failed: 0, secondsLeft: null, ended: null, last: at(0) },
    process: undefined,
    isQueued: false,
  });
  const some = [begun(4, 3), measured("a", 1, 1, 100), failed("b", 1, 2), measured("b", 2, 3, 50), failed("b", 1, 4)];
  expect(progressIn(some)).toMatchObject({ done: 3, missing: 1, failed: 1, secondsLeft: 75, last: at(4) });
  expect(progressIn([...some, measured("b", 1, 5)])).toMatchObject({ done: 4, missing: 0, failed: 0, secondsLeft: 0 });
  const again = progressIn([...some, { event: "ended", at: at(6), why: "interrupted" }, begun(6, 3, 7)]);
  expect(again).toMatchObject({ wanted: 6, done: 3, missing: 3, failed: 1, ended: null });
});

test("time left is of deployments that were measured as a whole", () => {
  const journal = [begun(5, 5), measured("a", 1, 1, 3, false), measured("a", 2, 2, 100), measured("a", 3, 3, 300)];
  expect(progressIn(journal)).toMatchObject({ missing: 2, secondsLeft: 400 });
  expect(progressIn(journal.slice(0, 2))).toMatchObject({ missing: 4, secondsLeft: null });
  const onPairs = journal.map((each, index) => (each.event === "measured" ? { ...each, pair: index } : each));
  const dealt = [1, 2].map((pair): JournalEntry => ({ event: "dealt", at: at(0), replicate: pair, pair }));
  expect(progressIn([...onPairs.slice(0, 1), ...dealt, ...onPairs.slice(3)]), "three side by side").toMatchObject({
    missing: 4,
    secondsLeft: 400,
  });
});

/** Appends to the journal of a campaign in a folder. */
const write = (folder: string, campaign: string, entries: readonly JournalEntry[]) =>
  appendFileSync(journalFile(folder, campaign), entries.map((each) => `${JSON.stringify(each)}\n`).join(""));
const textsIn = (journals: JournalsIn) => journals.news().map(({ text }) => text);

test("of several journals those are told that are under way, else the one that ended last; what grows is read again", () => {
  using folder = temporaryFolder();
  const journals = new JournalsIn(folder.path);
  expect(journals.news()).toEqual([]);
  writeFileSync(join(folder.path, "campaign-.ndjson"), "");
  write(folder.path, "one", [begun(2, 2), { event: "ended", at: at(9), why: "interrupted" }]);
  write(folder.path, "two", [begun(3, 3), { event: "ended", at: at(8), why: "done" }]);
  expect(journals.news()).toEqual([
    {
      text: "campaign one: 0 of 2 deployments measured, 2 missing, 0 failed; how long it takes is not known before something was measured; it was interrupted; last entry 2026-01-02 03:04:09 UTC",
      ...{ done: 0, wanted: 2 },
    },
  ]);
  write(folder.path, "two", [begun(3, 2, 0, identify(process.pid)), measured("a", 2, 3)]);
  expect(journals.news(), "though the other one wrote later").toEqual([
    {
      text: "campaign two: 2 of 3 deployments measured, 1 missing, 0 failed; about 1 min left; last entry 2026-01-02 03:04:03 UTC",
      ...{ done: 2, wanted: 3 },
    },
  ]);
  expect(new Journal(journalFile(folder.path, "two")).read()).toHaveLength(4);
  write(folder.path, "two.pair-3", [measured("b", 1, 31)]);
  expect(journals.news(), "a part of it, which a pair of another machine writes").toMatchObject([
    { done: 3, wanted: 3 },
  ]);
});

test("a campaign whose process is gone is told to be over, though its journal has not grown", async () => {
  using folder = temporaryFolder();
  const child = spawn("sleep", ["1000.5"], { stdio: "ignore" });
  await once(child, "spawn");
  write(folder.path, "killed", [begun(3, 3, 0, identify(child.pid ?? 0)), measured("a", 1, 30)]);
  const journals = new JournalsIn(folder.path);
  const far = "campaign killed: 1 of 3 deployments measured, 2 missing, 0 failed; about 2 min left";
  expect(textsIn(journals)).toEqual([`${far}; last entry 2026-01-02 03:04:30 UTC`]);
  child.kill("SIGKILL");
  await once(child, "exit");
  const over = `${far}; it is not running on this machine; last entry 2026-01-02 03:04:30 UTC; where it runs on no other either, run it again to go on`;
  expect(textsIn(journals)).toEqual([over]);
  write(folder.path, "other", [begun(1, 1, 2, identify(process.pid))]);
  expect(textsIn(journals), "one that runs is told alone").toEqual([expect.stringMatching(/^campaign other: /)]);
});

test.each([
  ["an earlier boot", { ...identify(process.pid)!, bootId: "another" }],
  ["another process of this number", { ...identify(process.pid)!, startTicks: 1 }],
  ["a version that did not write it down", undefined],
])("a campaign of %s that has not ended does not go on", (_whose, whose) => {
  using folder = temporaryFolder();
  write(folder.path, "one", [begun(2, 2, 0, whose)]);
  expect(textsIn(new JournalsIn(folder.path))).toEqual([
    expect.stringMatching(/not running on this machine.* run it again/),
  ]);
});

test("a campaign in a queue goes on until all is measured, whoever has queued it", () => {
  using folder = temporaryFolder();
  const journals = new JournalsIn(folder.path);
  write(folder.path, "q", [{ ...begun(2, 2), isQueued: true } as JournalEntry]);
  write(folder.path, "q.pair-2", [measured("a", 1, 5)]);
  const told =
    "campaign q: 1 of 2 deployments measured, 1 missing, 0 failed; about 1 min left; last entry 2026-01-02 03:04:05 UTC";
  expect(textsIn(journals)).toEqual([told]);
  write(folder.path, "other", [begun(1, 1), { event: "ended", at: at(9), why: "done" }]);
  expect(textsIn(journals), "another one that ended later is not told").toEqual([told]);
  write(folder.path, "q.pair-3", [measured("b", 1, 6)]);
  expect(textsIn(journals)).toEqual([expect.stringContaining("campaign other")]);
  write(folder.path, "q.pair-3", [measured("b", 1, 20)]);
  expect(textsIn(journals)).toEqual([
    "campaign q: 2 of 2 deployments measured, 0 missing, 0 failed; nothing is left to measure; last entry 2026-01-02 03:04:20 UTC",
  ]);
});
