import { readFileSync } from "node:fs";
import { z } from "zod";

/** A process told apart from any later one that gets the same number. */
export const processIdentitySchema = z.object({
  pid: z.int(),
  /** When it started, in clock ticks since boot: field 22 of proc_pid_stat(5). */
  startTicks: z.int(),
  /** The boot of the machine that `startTicks` counts from. */
  bootId: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** Start time and state from the text of /proc/PID/stat; the program's name in it may hold blanks and brackets. */
export function parseStat(text: string): { startTicks: number; state: string } {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", startTicks: Number(fields[19]) };
}

const bootId = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

/** The identity of a running process, or undefined when there is none with that number. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const { startTicks, state } = parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return state === "Z" ? undefined : { pid, startTicks, bootId: bootId() };
  } catch {
    return undefined;
  }
}

/** Whether that very process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== undefined && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
}
