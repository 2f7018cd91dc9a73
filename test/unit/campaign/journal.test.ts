import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { filesOfJournal, Journal, journalFile } from "../../../cli/campaign/journal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = new Date("2026-01-02T03:04:05.678Z");
const file = () => journalFile(join(folder, "results"), "0123abcd");
const journal = () => new Journal(file(), () => at);
const begun = { event: "begun", deployments: 3, missing: 2 } as const;

it("is a line of JSON an entry, in a file that need not be there", () => {
  expect(journal().read()).toEqual([]);
  expect(existsSync(file())).toBe(false);
  journal().append(begun);
  journal().append({ event: "ended", why: "done" });
  expect(file()).toMatch(/results\/campaign-0123abcd\.ndjson$/);
  expect(readFileSync(file(), "utf8")).toBe(
    `{"at":"${at.toISOString()}","event":"begun","deployments":3,"missing":2}\n{"at":"${at.toISOString()}","event":"ended","why":"done"}\n`,
  );
  expect(journal().read()).toEqual([
    { at: at.toISOString(), ...begun },
    { at: at.toISOString(), event: "ended", why: "done" },
  ]);
});

it.each(["{", '{"event":"measured"', '{"event":"measured","at":"2026"}', "null"])(
  "goes on after a line that a killed campaign has left: %s",
  (rest) => {
    journal().append(begun);
    appendFileSync(file(), rest);
    journal().append({ event: "ended", why: "interrupted" });
    expect(readFileSync(file(), "utf8")).toContain(`${rest}\n{"at":`);
    expect(
      journal()
        .read()
        .map(({ event }) => event),
    ).toEqual(["begun", "ended"]);
  },
);

it("has a part for each pair that writes by itself, and is read as one, by time", () => {
  let seconds = 0;
  const now = () => new Date(Date.UTC(2026, 0, 2, 3, 4, seconds));
  const whole = new Journal(file(), now);
  const parts = [2, 10].map((pair) => whole.ofPair(pair));
  whole.append(begun);
  for (const [index, pair] of [10, 2, 10, 2].entries()) {
    seconds = 10 + index;
    parts[pair === 2 ? 0 : 1]?.append({ event: "dealt", replicate: index + 1, pair });
  }
  seconds = 30;
  whole.append({ event: "ended", why: "done" });
  const told = (journal: Journal) =>
    journal.read().map((entry) => ("replicate" in entry ? entry.replicate : entry.event));
  expect(told(whole)).toEqual(["begun", 1, 2, 3, 4, "ended"]);
  expect(filesOfJournal(file()).map((path) => basename(path))).toEqual([
    "campaign-0123abcd.ndjson",
    "campaign-0123abcd.pair-10.ndjson",
    "campaign-0123abcd.pair-2.ndjson",
  ]);
  expect(told(new Journal(journalFile(join(folder, "results"), "0123")))).toEqual([]);
});
