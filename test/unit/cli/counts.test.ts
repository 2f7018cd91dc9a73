import { describe, expect, it } from "vitest";
import { countsOf, type StepResult, summarise } from "../../../cli/testing/counts.ts";

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});

describe("countsOf", () => {
  it("gives vitest's own sums", () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      testResults: [file("passed", "passed"), file("failed", "passed", "failed")],
    };
    expect(countsOf(report)).toEqual({ passed: 5, failed: 1, skipped: 2 });
  });

  it("counts a file that failed without a failed test", () => {
    const report = {
      numPassedTests: 1,
      numFailedTests: 0,
      numPendingTests: 0,
      testResults: [file("passed", "passed"), file("failed")],
    };
    expect(countsOf(report).failed).toBe(1);
  });

  it("refuses what is no report", () => {
    expect(() => countsOf({ passed: 3 })).toThrow();
  });
});

describe("summarise", () => {
  const step = (name: string, ok: boolean, passed = 0, failed = 0): StepResult => ({
    name,
    ok,
    passed,
    failed,
    skipped: 0,
    seconds: 1,
  });
  const last = (text: string) => text.split("\n").at(-1);

  it("ends with the sum, alone on its line", () => {
    expect(
      last(summarise([step("lint", true), step("unit tests", true, 10), step("testbed tests", false, 3, 2)])),
    ).toBe("13 passed, 2 failed");
  });

  it("counts a failed step that has no failed test, so that the last line never hides it", () => {
    expect(last(summarise([step("types", false), step("unit tests", true, 10)]))).toBe("10 passed, 1 failed");
  });

  it("says of each step how it ended and how long it took", () => {
    expect(summarise([step("lint", false)])).toMatch(/FAILED {2}lint +1\.0 s/);
  });
});
