import { setTimeout as sleep } from "node:timers/promises";
import { LabError, messageOf } from "../errors.ts";
import type { CommandExit, RunningCommand } from "./endpoint.ts";

/** Time for the script that ends a command (ssh/end-call.ts), which itself takes up to 6 s on a machine with nothing else to do. */
export const endingMs = 60_000;

/** A look at a command: how it ended, undefined while it runs. */
type Look = () => Promise<CommandExit | undefined>;

/** Looks every `everyMs` whether a command has ended. @returns undefined when it has not within the time */
export async function exitWithin(look: Look, limitMs: number, everyMs: number): Promise<CommandExit | undefined> {
  for (const deadline = Date.now() + limitMs; ; await sleep(everyMs)) {
    const exit = await look();
    if (exit !== undefined) return exit;
    if (Date.now() > deadline) return undefined;
  }
}

/**
 * A command as who started it has it.
 * @param endpoint what messages call it
 * @param what the command, with where it runs: "in the guest: sleep 9"
 */
export const runningCommand = (
  endpoint: string,
  what: string,
  look: Look,
  end: RunningCommand["end"],
): RunningCommand => ({
  end,
  async ended(limitMs, everyMs = 500) {
    const exit = await exitWithin(look, limitMs, everyMs);
    if (exit !== undefined) return exit;
    const how = await end().then(() => "it was ended", messageOf);
    throw new LabError(`${endpoint}: still running after ${limitMs / 1000} s ${what}; ${how}`);
  },
});

/**
 * @param exit of the script that ends a command, undefined where it did not end itself
 * @param what messages call the command's processes
 * @throws LabError unless it has ended all of them
 */
export function requireEnded(exit: Pick<CommandExit, "code" | "stdout"> | undefined, what: string): void {
  const left = exit?.stdout.toString().trim();
  if (exit?.code === 0 && left === "") return;
  throw new LabError(`${what} could not be ended: ${left || "it does not say which"}`);
}
