import { join } from "node:path";
import { expect, test } from "vitest";
import { foldersOfRuns } from "../../../cli/stack/run-folders.ts";
import { checkout } from "../../../lib/paths.ts";

test("folders of runs are those of the output, from the checkout; also of a state that has a list of runs", () => {
  expect(foldersOfRuns({ "results/a/rep-01_run-01": "RTT 1 ms", "/elsewhere/run": "" })).toEqual([
    join(checkout, "results/a/rep-01_run-01"),
    "/elsewhere/run",
  ]);
  expect(foldersOfRuns([{ directory: "/elsewhere/run", summary: {} }])).toEqual(["/elsewhere/run"]);
  expect(() => foldersOfRuns(undefined)).toThrow();
});
