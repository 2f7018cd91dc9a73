import type { MetricValues } from "../../metrics/metric-summary.ts";
import type { ProbeMetric } from "../probe.ts";
import { netperfTests, type Protocol, protocols } from "./netperf-command.ts";
import type { NetperfOutput, TestOutput } from "./netperf-output.ts";

/**
 * Seconds of a test in which no transaction was under way that ended: next to none, as the next request leaves when the response
 * is there. netperf does not send a request again, so a datagram that is lost ends the test's transactions.
 */
export const waitedSeconds = ({ ELAPSED_TIME, TRANSACTION_RATE, MEAN_LATENCY }: TestOutput): number =>
  Math.max(0, ELAPSED_TIME * (1 - (TRANSACTION_RATE * MEAN_LATENCY) / 1e6));

/** Whether a test waited to its end for a response: for a tenth of its time, and longer than for any that came. */
const lostResponse = (test: TestOutput): boolean =>
  waitedSeconds(test) > test.ELAPSED_TIME / 10 + test.MAX_LATENCY / 1e6;

/** The rate of a test, transactions a second; none where it waited for a response that did not come. */
function rateOf(test: TestOutput): MetricValues {
  if (!lostResponse(test)) return [test.TRANSACTION_RATE];
  const seconds = waitedSeconds(test).toFixed(1);
  return { unavailable: `of ${test.ELAPSED_TIME} s it waited ${seconds} s for a response that did not come` };
}

/** Latencies by the end of a metric's name; 0 is what netperf prints where there were too few transactions. */
const latencies = {
  Min: { key: "MIN_LATENCY", what: "least latency" },
  Mean: { key: "MEAN_LATENCY", what: "mean latency" },
  P50: { key: "P50_LATENCY", what: "median latency" },
  P90: { key: "P90_LATENCY", what: "90th percentile of the latency" },
  P99: { key: "P99_LATENCY", what: "99th percentile of the latency" },
  Max: { key: "MAX_LATENCY", what: "greatest latency" },
} as const satisfies Record<string, { key: keyof TestOutput; what: string }>;

const isPublished = (name: string) => name === "P50" || name === "P99";

function metricsOfTest(protocol: Protocol): Record<string, ProbeMetric<NetperfOutput>> {
  const [test, begin] = [netperfTests[protocol], protocol.toLowerCase()];
  const ofLatencies = Object.entries(latencies).map(([name, { key, what }]): [string, ProbeMetric<NetperfOutput>] => [
    `${begin}Latency${name}`,
    {
      unit: "ns",
      what: `${what} of ${test}'s transactions`,
      ...(isPublished(name) && { published: `${begin}Latency${name}Ms` }),
      values: (output) => {
        const latencyUs = output[protocol][key];
        return latencyUs > 0 ? [Math.round(latencyUs * 1000)] : { unavailable: "there were too few transactions" };
      },
    },
  ]);
  return {
    [`${begin}TransactionRate`]: {
      unit: "1/s",
      what: `transactions of ${test} a second`,
      published: `${begin}TransactionsPerSecond`,
      values: (output) => rateOf(output[protocol]),
    },
    ...Object.fromEntries(ofLatencies),
  };
}

/** Rate and latency of each test; each is one number of a run. */
export const netperfMetrics: Readonly<Record<string, ProbeMetric<NetperfOutput>>> = Object.assign(
  {},
  ...protocols.map(metricsOfTest),
);
