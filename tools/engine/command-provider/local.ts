import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { whenEnding } from "./ending.ts";
import type { Output } from "./output.ts";

/** A command on this machine. */
export interface LocalCommand {
  command: string;
  interpreter: string[];
  dir?: string;
  /** On top of the provider's own environment. */
  environment: Record<string, string>;
  stdin: string;
}

const killAfterMs = 3_000;
const running = new Set<ChildProcess>();

/**
 * Runs a command to its end, in a process group of its own, so that it can be ended with all it has started.
 * @returns undefined when it succeeded, else how it ended, as "exit status 3"
 */
export function runLocal(local: LocalCommand, output: Output): Promise<string | undefined> {
  const [file = "/bin/sh", ...args] = local.interpreter.length > 0 ? local.interpreter : ["/bin/sh", "-c"];
  return new Promise((resolve, reject) => {
    const child = start(file, [...args, local.command], local);
    running.add(child);
    child.stdout?.on("data", (data: Buffer) => output.add("stdout", data));
    child.stderr?.on("data", (data: Buffer) => output.add("stderr", data));
    child.once("error", (error) => {
      running.delete(child);
      reject(startProblem(error, file, local.dir));
    });
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve(code === 0 ? undefined : signal ? `signal ${signal}` : `exit status ${code}`);
    });
    // A command need not read all of its input.
    child.stdin?.on("error", () => {});
    child.stdin?.end(local.stdin);
  });
}

function start(file: string, args: string[], local: LocalCommand): ChildProcess {
  try {
    return spawn(file, args, {
      cwd: local.dir,
      env: { ...process.env, ...local.environment },
      detached: true,
      stdio: [local.stdin ? "pipe" : "ignore", "pipe", "pipe"],
    });
  } catch (error) {
    throw startProblem(error as NodeJS.ErrnoException, file, local.dir);
  }
}

function startProblem(error: NodeJS.ErrnoException, file: string, dir: string | undefined): Error {
  if (error.code === "ENOENT")
    return new Error(`${file} could not be started: ${dir ? `it, or the folder ${dir},` : "it"} does not exist`);
  if (error.code === "E2BIG")
    return new Error(
      `${file} could not be started: command and environment are too long; addPreviousOutputInEnv: false keeps earlier output out of it`,
    );
  return new Error(`${file} could not be started: ${error.message}`);
}

/** Sends a signal to a command and all it has started; 0 only asks whether anything is left. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  try {
    return child.pid !== undefined && process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

/** Ends the running commands with all they have started: SIGTERM, and SIGKILL for what is still there after 3 s. */
async function endLocalCommands(): Promise<void> {
  const ending = [...running].filter((child) => signalGroup(child, "SIGTERM"));
  const deadline = Date.now() + killAfterMs;
  while (Date.now() < deadline && ending.some((child) => signalGroup(child, 0))) await sleep(50);
  for (const child of ending) signalGroup(child, "SIGKILL");
}

whenEnding(endLocalCommands);
