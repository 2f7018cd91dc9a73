import { expect, test } from "vitest";
import { tellReport } from "../../../cli/written-report.ts";
import { LabError } from "../../../lib/errors.ts";

const told = async (write: () => Promise<string>) => {
  const lines: string[] = [];
  await tellReport("results/demo", { say: (line) => lines.push(line) }, write);
  return lines;
};

test("a report that was written is named", async () => {
  expect(await told(async () => "/results/demo/report/report.html")).toEqual([
    "report: /results/demo/report/report.html",
  ]);
});

test("one that could not be is told with the reason and what to do, and fails nothing", async () => {
  const lines = await told(() => Promise.reject(new LabError("no space is left")));
  expect(lines).toEqual([
    "the report could not be written (no space is left); try again with ./lab report results/demo",
  ]);
});
