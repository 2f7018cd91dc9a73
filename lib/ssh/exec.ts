import type { Client, ClientChannel } from "ssh2";
import { LabError } from "../errors.ts";
import { endCallScript } from "./end-call.ts";
import { AnswerReader, framed, newCall, notRun, scriptName, scriptStderr } from "./framing.ts";

export interface ExecResult {
  stdout: Buffer;
  stderr: string;
  /** Exit status of the script; 128 + n when signal n ended it. */
  code: number;
}

export interface ExecOptions {
  /** How messages call the script; by default by its text. */
  name?: string;
  stdin?: string | Buffer;
  /** Milliseconds until the script is given up and its processes are ended; default 60 000. */
  timeoutMs?: number;
  /** The most bytes that it may print, on stdout and stderr each; default 16 MiB. */
  maxBytes?: number;
}

const defaultLimits = { timeoutMs: 60_000, maxBytes: 16 * 2 ** 20 };

/** What is waited for after a script's end: what its stderr still holds. A child in the background may keep it open for ever. */
const closingMs = 2000;

/** Limits for ending what a given-up script left: the script that does it takes up to 6 s. */
const endingLimits = { timeoutMs: 15_000, maxBytes: 2 ** 16 };

/** How a call has ended. */
type Ending =
  | { why: "closed" }
  | { why: "late" }
  | { why: "large"; stream: "stdout" | "stderr" }
  | { why: "refused"; error: Error };

interface Call {
  ending: Ending;
  stdout: AnswerReader;
  stderr: string;
  /** Exit status of the login shell, by which it is known to have ended; null when the connection was lost. */
  code: number | null;
}

/** Sends a script and collects what comes, until it ends or a limit is reached. */
async function send(
  client: Client,
  script: string,
  call: string,
  { stdin, timeoutMs, maxBytes }: ExecOptions & typeof defaultLimits,
): Promise<Call> {
  const { command, stdin: scriptBytes } = framed(script, call);
  const result: Call = { ending: { why: "closed" }, stdout: new AnswerReader(call), stderr: "", code: null };
  let channel: ClientChannel | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  result.ending = await new Promise<Ending>((resolve) => {
    timer = setTimeout(() => {
      isLate = true;
      resolve({ why: "late" });
    }, timeoutMs);
    const listen = (opened: ClientChannel) => {
      if (isLate) return opened.close();
      channel = opened;
      let closing: NodeJS.Timeout | undefined;
      opened.on("data", (data: Buffer) => {
        result.stdout.add(data);
        if (result.stdout.bytes > maxBytes) resolve({ why: "large", stream: "stdout" });
        if (result.stdout.complete) closing ??= setTimeout(() => resolve({ why: "closed" }), closingMs);
      });
      opened.stderr.on("data", (data: Buffer) => {
        result.stderr += data.toString();
        if (result.stderr.length > maxBytes) resolve({ why: "large", stream: "stderr" });
      });
      opened.on("exit", (status: number | null) => {
        result.code = status ?? 255; // a signal
      });
      opened.on("error", () => {}); // writing to a script that has ended; "close" follows
      opened.on("close", () => {
        clearTimeout(closing);
        resolve({ why: "closed" });
      });
      opened.write(scriptBytes);
      opened.end(stdin ?? "");
    };
    // At once: an exit status that came in the same packet is told only to those who listen by then.
    try {
      client.exec(command, (error, opened) => (error ? resolve({ why: "refused", error }) : listen(opened)));
    } catch (error) {
      resolve({ why: "refused", error: error as Error }); // the connection is no more
    }
  });
  clearTimeout(timer);
  channel?.close();
  return result;
}

/**
 * Ends what a call that was given up runs on its server.
 * @returns how that went, for a message
 */
export async function endCall(client: Client, call: string): Promise<string> {
  const ending = newCall();
  const { stdout } = await send(client, endCallScript(call, true), ending, endingLimits);
  const { answer, status } = stdout.result();
  if (status !== 0) return "whether its processes on the server have ended is not known: the server does not answer";
  const left = answer?.toString().trim() ?? "";
  return left === "" ? "its processes on the server were ended" : `processes on the server could not be ended: ${left}`;
}

/**
 * Runs a script under /bin/sh over a connection, whatever the login shell is; resolves whatever its exit status is.
 * @param where how messages call the server
 * @throws LabError when the login shell did not run it, the connection was lost, it took too long (then its processes
 *   are ended) or printed too much (likewise)
 */
export async function execOver(
  client: Client,
  where: string,
  script: string,
  options: ExecOptions,
): Promise<ExecResult> {
  const limits = { ...options, ...withDefaults(options) };
  const call = newCall();
  const name = options.name ?? scriptName(script);
  const { ending, stdout, stderr, code } = await send(client, script, call, limits);
  if (ending.why === "refused") throw new LabError(`${where}: ${ending.error.message}: ${name}`);
  if (ending.why === "late")
    throw new LabError(`${where}: gave up after ${limits.timeoutMs / 1000} s: ${name}; ${await endCall(client, call)}`);
  if (ending.why === "large")
    throw new LabError(
      `${where}: printed more than ${limits.maxBytes} bytes on ${ending.stream}, which is the limit: ${name}; ${await endCall(client, call)}`,
    );
  const { before, answer, status } = stdout.result();
  if (answer === undefined && code === null)
    throw new LabError(`${where}: the connection was lost before this ran: ${name}`);
  if (answer === undefined) throw new LabError(`${where}: ${notRun(before.toString(), stderr, code)}: ${name}`);
  const words = scriptStderr(stderr, call);
  if (status !== undefined) return { stdout: answer, stderr: words, code: status };
  if (code === null) throw new LabError(`${where}: the connection was lost while this ran: ${name}`);
  // The shell itself has ended: a syntax error, or a signal to all of it.
  throw new LabError(`${where}: the script did not come to its end (exit status ${code}): ${name}\n${words.trim()}`);
}

const withDefaults = ({ timeoutMs, maxBytes }: ExecOptions) => ({
  timeoutMs: timeoutMs ?? defaultLimits.timeoutMs,
  maxBytes: maxBytes ?? defaultLimits.maxBytes,
});
