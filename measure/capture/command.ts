import type { ExchangeSink } from "./exchange.ts";
import { NdjsonSink } from "./ndjson.ts";
import { type CaptureInput, scan } from "./scan.ts";
import { type CaptureSummary, describeProblems, emptySummary } from "./summary.ts";

/**
 * Writes the echo exchanges of a capture as lines of JSON, in the order of the requests.
 * @param write takes some lines (ASCII) at a time, valid until it resolves: to false when it wants no more
 * @param warn takes a sentence about what is wrong with the capture
 * @param summary counts what the capture holds while it is read
 * @throws FormatError when it is no capture or is damaged (what was whole has been written by then); LabError when it
 *   cannot be read
 */
export async function streamCapture(
  input: CaptureInput,
  write: (lines: Uint8Array) => Promise<boolean>,
  warn: (message: string) => void,
  summary: CaptureSummary = emptySummary(),
): Promise<CaptureSummary> {
  const sink = new NdjsonSink();
  try {
    for await (const _ of scan(input, {}, sink, summary)) {
      const lines = sink.take();
      if (lines.length > 0 && !(await write(lines))) break;
    }
  } finally {
    for (const problem of describeProblems(summary)) warn(problem);
  }
  return summary;
}

/** Where the command writes: the process's streams, or a test's. */
export interface CommandStreams {
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

/**
 * `lab capture FILE [--json]`: the exchanges as NDJSON, or a table of what the capture holds. What is wrong with the
 * file goes to stderr.
 * @param file a path, or "-" for standard input
 * @throws LabError (exit status 1) when the file cannot be read, is no capture or is damaged
 */
export async function captureCommand(
  file: string,
  options: { json?: boolean } = {},
  streams: CommandStreams = process,
): Promise<void> {
  const [input, name]: [CaptureInput, string] = file === "-" ? [process.stdin, "standard input"] : [file, file];
  const warn = (message: string) => void streams.stderr.write(`${name}: ${message}\n`);
  if (!options.json) {
    const answered = new AnsweredSink();
    const summary = emptySummary();
    for await (const _ of scan(input, {}, answered, summary));
    for (const problem of describeProblems(summary)) warn(problem);
    streams.stdout.write(describeCapture(summary, answered.count));
    return;
  }
  const write = (lines: Uint8Array) =>
    new Promise<boolean>((resolve, reject) => {
      streams.stdout.write(lines, (error?: NodeJS.ErrnoException | null) => {
        // A reader that has seen enough, such as head(1), closes the pipe: nothing is wrong then.
        if (!error || error.code === "EPIPE") resolve(!error);
        else reject(error);
      });
    });
  // The stream tells its errors twice: to the writer above, and as an event that must have a listener.
  const told = () => {};
  streams.stdout.on("error", told);
  try {
    await streamCapture(input, write, warn);
  } finally {
    setImmediate(() => streams.stdout.removeListener("error", told));
  }
}

class AnsweredSink implements ExchangeSink {
  count = 0;
  exchange(columns: Parameters<ExchangeSink["exchange"]>[0], slot: number): void {
    if ((columns.replies[slot] as number) > 0) this.count++;
  }
}

function describeCapture(summary: CaptureSummary, answered: number): string {
  const rows: [string, string | number][] = [
    ["format", summary.format ?? "none"],
    ["bytes", summary.bytes],
    ["frames", summary.frames],
    ["echo exchanges", `${summary.requests}, ${answered} of them answered`],
    ["further frames of a request", summary.requestCopies],
    ["reply frames", summary.replies],
    ["requests sent again", summary.requestsAgain],
    ["replies without a request", summary.unmatchedReplies],
    ["ARP", summary.arp],
    ["other ICMP", summary.otherIcmp],
    ["IP fragments", summary.fragments],
    ["too short", summary.short],
    ["malformed", summary.malformed],
    ["not read", summary.unread],
    ["other", summary.other],
    ...Object.entries(summary.otherKinds).map(([kind, count]): [string, number] => [`  ${kind}`, count]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(32)}${value}\n`).join("");
}
