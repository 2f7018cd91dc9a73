import { constants } from "node:os";
import { execa } from "execa";
import { LabError } from "../lib/errors.ts";
import type { Interruption } from "./interrupt.ts";

export interface ChildOptions {
  cwd: string;
  /** Added to our own environment. */
  env?: NodeJS.ProcessEnv;
  interruption: Interruption;
  stdin?: "inherit" | "ignore";
}

/**
 * Runs a command with our stdout and stderr and waits for its end, also when we are told to stop: then the child gets
 * SIGINT, as Ctrl-C would give it, and ends in its own time.
 * @returns its exit status; 128 + n when signal n ended it
 * @throws LabError when it cannot be started
 */
export async function runChild(command: string, args: readonly string[], options: ChildOptions): Promise<number> {
  const child = execa(command, args, {
    cwd: options.cwd,
    env: options.env ?? {},
    stdin: options.stdin ?? "ignore",
    stdout: "inherit",
    stderr: "inherit",
    reject: false,
  });
  const tell = () => child.kill("SIGINT");
  options.interruption.tellChildren.addEventListener("abort", tell, { once: true });
  try {
    const result = await child;
    if (result.exitCode !== undefined) return result.exitCode;
    if (result.signal) return 128 + constants.signals[result.signal];
    throw new LabError(`${command} could not be started: ${result.originalMessage ?? result.shortMessage}`);
  } finally {
    options.interruption.tellChildren.removeEventListener("abort", tell);
  }
}
