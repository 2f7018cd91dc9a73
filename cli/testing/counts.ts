import { z } from "zod";

/** What we read of vitest's JSON reporter. */
const reportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Counts the tests of a vitest report. A file that failed with no failed test in it (it could not be imported, or a
 * hook threw) counts as one failed, for its tests are not in the report's own sums.
 */
export function countsOf(report: unknown): Counts {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = reportSchema.parse(report);
  const silent = testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((assertion) => assertion.status === "failed"),
  );
  return { passed: numPassedTests, failed: numFailedTests + silent.length, skipped: numPendingTests };
}

/** One step of `./lab test`, as it ended. */
export interface StepResult extends Counts {
  name: string;
  ok: boolean;
  seconds: number;
}

const row = ({ name, ok, seconds, passed, failed, skipped }: StepResult) => {
  const tests = [`${passed} passed`, `${failed} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(", ");
  const counted = passed + failed + skipped > 0 ? `  ${tests}` : "";
  return `  ${ok ? "ok    " : "FAILED"}  ${name.padEnd(24)} ${seconds.toFixed(1).padStart(7)} s${counted}`;
};

/**
 * The end of `./lab test`: a line a step, and last, alone on its line, the sum. A step that failed without a failed
 * test (lint, types, a server that does not boot) adds one to the failed, so that the last line never hides it.
 */
export function summarise(steps: readonly StepResult[]): string {
  const passed = steps.reduce((sum, step) => sum + step.passed, 0);
  const failed = steps.reduce((sum, step) => sum + (step.ok ? 0 : Math.max(step.failed, 1)), 0);
  return [...steps.map(row), `${passed} passed, ${failed} failed`].join("\n");
}
