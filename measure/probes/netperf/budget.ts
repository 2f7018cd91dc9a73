import { type TimedFactors, timingOf } from "../../../study/terms.ts";
import type { ProbeBudget } from "../probe.ts";
import { protocols } from "./netperf-command.ts";
import { secondsOfTests } from "./parameters.ts";

/**
 * Seconds beside a test: starting netperf and reaching netserver on servers whose every instruction is emulated, and the four that
 * netserver waits beyond a test to whose end no request came.
 */
const besideTestSeconds = 30;

/** How long netperf's tests may take. */
export function netperfBudget(factors: TimedFactors): ProbeBudget {
  const seconds = secondsOfTests(factors);
  return {
    windowSeconds: timingOf(factors).windowSeconds,
    usualSeconds: protocols.length * seconds,
    limitSeconds: protocols.length * (seconds + besideTestSeconds),
    askEveryMs: 1000,
    // Nine short lines a test.
    outputBytes: 4096,
  };
}
