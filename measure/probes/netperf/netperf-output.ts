import { excerpt, FormatError, type FormatPlace } from "../../../lib/format-error.ts";
import { outputKeys, type Protocol, protocols } from "./netperf-command.ts";

type OutputKey = (typeof outputKeys)[number];

/** What netperf printed of one test: seconds, transactions a second, latencies in microseconds; 0 where there were too few. */
export type TestOutput = Readonly<Record<Exclude<OutputKey, "PROTOCOL">, number>>;
export type NetperfOutput = Readonly<Record<Protocol, TestOutput>>;

const wholeMicroseconds = /^\d{1,12}$/;
const patterns: Readonly<Record<keyof TestOutput, RegExp>> = {
  ELAPSED_TIME: /^\d{1,9}\.\d{2}$/,
  TRANSACTION_RATE: /^\d{1,12}\.\d{3}$/,
  MEAN_LATENCY: /^\d{1,12}\.\d{2}$/,
  MIN_LATENCY: wholeMicroseconds,
  P50_LATENCY: wholeMicroseconds,
  P90_LATENCY: wholeMicroseconds,
  P99_LATENCY: wholeMicroseconds,
  MAX_LATENCY: wholeMicroseconds,
};
const patternOf = (protocol: Protocol, key: OutputKey) =>
  key === "PROTOCOL" ? new RegExp(`^${protocol}$`) : patterns[key];

const ascend = (values: readonly number[]) => values.every((value, at) => at === 0 || (values[at - 1] ?? 0) <= value);

/** Why the numbers of a test contradict each other; undefined where they do not. */
function contradictionIn(test: TestOutput): string | undefined {
  const { MIN_LATENCY: least, MEAN_LATENCY: mean, MAX_LATENCY: most, TRANSACTION_RATE: rate } = test;
  if (!ascend([test.P50_LATENCY, test.P90_LATENCY, test.P99_LATENCY]))
    return "the quantiles of the latency do not ascend";
  // The mean is rounded to hundredths.
  if (!ascend([least - 0.01, mean, most + 0.01])) return `the mean latency ${mean} is not between ${least} and ${most}`;
  return rate > 0 === most > 0 ? undefined : `the greatest latency is ${most} at ${rate} transactions a second`;
}

/**
 * Reads what both tests printed: a line KEY=VALUE for every key that was asked for, in that order.
 * @param source what the text is, for messages
 * @throws FormatError for anything else, and when numbers of a test contradict each other
 */
export function parseNetperf(text: string, source: string): NetperfOutput {
  const lines = text.split("\n");
  const place = (index: number): FormatPlace => ({
    source,
    offset: lines.slice(0, index).reduce((sum, each) => sum + each.length + 1, 0),
    line: index + 1,
  });
  const readTest = (protocol: Protocol, first: number): TestOutput => {
    const numbers = outputKeys.map((key, at) => {
      const found = lines[first + at] ?? "";
      const value = found.slice(key.length + 1);
      const isWhole = first + at + 1 < lines.length;
      if (!isWhole || !found.startsWith(`${key}=`) || !patternOf(protocol, key).test(value))
        throw new FormatError(
          place(first + at),
          `expected a whole line "${key}=…" of ${protocol}, found ${excerpt(found)}`,
        );
      return [key, Number(value)] as const;
    });
    const { PROTOCOL: _, ...test } = Object.fromEntries(numbers) as Record<OutputKey, number>;
    const contradiction = contradictionIn(test);
    if (contradiction !== undefined) throw new FormatError(place(first), contradiction);
    return test;
  };
  const tests = protocols.map((protocol, index) => [protocol, readTest(protocol, index * outputKeys.length)] as const);
  const end = protocols.length * outputKeys.length;
  if (lines.length !== end + 1 || lines[end] !== "")
    throw new FormatError(place(end), `expected the end, found ${excerpt(lines[end] ?? "")}`);
  return Object.fromEntries(tests) as NetperfOutput;
}
