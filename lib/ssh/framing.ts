import { randomBytes } from "node:crypto";
import { isPlain } from "../key-value.ts";

/*
 * What a login shell is given to run is one short command that bash, dash, zsh, fish and csh take in the same way; the
 * script itself is data on its stdin. It runs under /bin/sh, in an environment of its own, between two markers that no
 * start-up file and no forced command can know, and what is printed outside of them is not its answer.
 */

/** Names a call: unlike every other, so that its output and its processes are told from all others. */
export const newCall = () => `lab-${randomBytes(12).toString("hex")}`;

/** The variable that every process of a call has in its environment, with the call's name. */
export const callVariable = "LAB_CALL";

/** Where scripts find their tools: whatever a login shell sets. */
export const serverPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Nothing that a login shell would read inside single quotes: csh minds newlines and !, fish two backslashes. */
const isSafeInQuotes = (text: string) => !/['\n!]|\\\\/.test(text);

/**
 * A command for any login shell: runs `body` under /bin/sh in the C locale, with no variable of the login shell's but HOME
 * and SSH_CONNECTION, which sshd sets (csh would mind one that is not).
 * @param variables that the body has, plain words
 * @param body a line for /bin/sh
 * @throws RangeError when a word would not survive the quoting
 */
export function loginCommand(variables: Readonly<Record<string, string>>, body: string): string {
  for (const [name, value] of Object.entries(variables))
    if (!isPlain(value)) throw new RangeError(`${name}: ${JSON.stringify(value)} is no plain word`);
  if (!isSafeInQuotes(body)) throw new RangeError(`${JSON.stringify(body)} does not survive a login shell's quoting`);
  const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const kept = ["HOME", "SSH_CONNECTION"].map((name) => `${name}="$${name}"`);
  return `exec /usr/bin/env -i ${[...words, ...kept].join(" ")} LC_ALL=C PATH=${serverPath} /bin/sh -c '${body}'`;
}

/** The lines between which a call's script prints, on stdout; the first of them on stderr too. The exit status follows the second. */
const beginLine = (call: string) => `${call} begin`;
const endWords = (call: string) => `${call} end `;

/** Whether a line of a call's stdout is one of its two markers. */
export const markerOf = (line: string, call: string): "begin" | "end" | undefined =>
  line === beginLine(call) ? "begin" : line.startsWith(endWords(call)) ? "end" : undefined;

/** What is sent to run a script: the login shell's command, and what its stdin begins with. */
export interface FramedScript {
  command: string;
  stdin: Buffer;
}

/** A script ready to be sent. Its own stdin is what follows on the stdin of the command. */
export function framed(script: string, call: string): FramedScript {
  // In a subshell, so that an exit in the script ends the script alone; one that arrives in part is no whole command.
  const stdin = Buffer.from(
    `echo; echo '${beginLine(call)}'; echo '${beginLine(call)}' >&2\n(\n${script}\n)\nstatus=$?; echo; echo "${endWords(call)}$status"\n`,
  );
  // dd reads no byte beyond those, whatever comes after them on a pipe.
  const read = `$(dd bs=${stdin.length} count=1 iflag=fullblock 2> /dev/null)`;
  return { command: loginCommand({ [callVariable]: call }, `eval "${read}"`), stdin };
}

/** What a call has printed on stdout, told apart. */
export interface FramedAnswer {
  /** What came before the script began: the login shell's. All there is when it did not begin. */
  before: Buffer;
  /** What the script printed; undefined when it did not begin. */
  answer: Buffer | undefined;
  /** The script's exit status; undefined when it did not come to its end. */
  status: number | undefined;
}

/** Longer than an end marker. */
const tailBytes = 64;

/** Collects the stdout of a call. */
export class AnswerReader {
  readonly #chunks: Buffer[] = [];
  readonly #begin: Buffer;
  readonly #end: Buffer;
  #tail = Buffer.alloc(0);
  #bytes = 0;
  #complete = false;

  constructor(call: string) {
    this.#begin = Buffer.from(`\n${beginLine(call)}\n`);
    this.#end = Buffer.from(`\n${endWords(call)}`);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the end marker has come: what follows is not waited for. */
  get complete(): boolean {
    return this.#complete;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const seam = Buffer.concat([this.#tail, chunk]);
    const end = seam.lastIndexOf(this.#end);
    if (end >= 0 && seam.indexOf("\n", end + this.#end.length) >= 0) this.#complete = true;
    this.#tail = seam.subarray(-tailBytes);
  }

  result(): FramedAnswer {
    const all = Buffer.concat(this.#chunks);
    const begin = all.indexOf(this.#begin);
    if (begin < 0) return { before: all, answer: undefined, status: undefined };
    const start = begin + this.#begin.length;
    const end = this.#complete ? all.lastIndexOf(this.#end) : -1;
    const before = all.subarray(0, begin);
    if (end < 0) return { before, answer: all.subarray(start), status: undefined };
    const status = Number.parseInt(all.subarray(end + this.#end.length).toString("latin1"), 10);
    return { before, answer: all.subarray(start, end), status };
  }
}

/** What a call has printed on stderr, without what the login shell printed before the script began. */
export function scriptStderr(text: string, call: string): string {
  const marker = `${beginLine(call)}\n`;
  const begin = text.indexOf(marker);
  return begin < 0 ? text : text.slice(begin + marker.length);
}

const shown = 200;

/** How messages call a script: itself when it is short. */
export function scriptName(script: string): string {
  const lines = script.trim().split("\n");
  const first = (lines[0] ?? "").slice(0, shown);
  return lines.length === 1 && first.length < shown ? first : `a script of ${lines.length} lines that begins: ${first}`;
}

/** What a login shell did that did not run the script it was given, for a message. */
export function notRun(before: string, stderr: string, code: number | null): string {
  const printed = `${before}${stderr}`.trim();
  const words = printed === "" ? "nothing" : JSON.stringify(printed.slice(0, 400));
  const ended = code === null ? "ended without an exit status" : `ended with exit status ${code}`;
  return `the script was not run: the login shell ${ended} and printed ${words}. It must run the command that ssh gives it: a forced command, a shell such as nologin, and a start-up file that ends or replaces the shell prevent that`;
}
