import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, isRunning, type ProcessIdentity } from "../../lib/process-identity.ts";

/** Processes with that working folder whose command line has `words` one after the other. */
export function findProcesses(folder: string, words: string[]): ProcessIdentity[] {
  const consecutiveWords = `\0${words.join("\0")}\0`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (readlinkSync(`/proc/${name}/cwd`) !== folder) return [];
        if (!readFileSync(`/proc/${name}/cmdline`, "utf8").includes(consecutiveWords)) return [];
        return identify(Number(name)) ?? [];
      } catch {
        return []; // ended meanwhile
      }
    });
}

/** Ends that very process, and no other: SIGTERM, on which QEMU quits, and SIGKILL when that is not enough. */
export async function endProcess(identity: ProcessIdentity, patienceMs = 5000): Promise<void> {
  for (const [signal, waitMs] of [
    ["SIGTERM", patienceMs],
    ["SIGKILL", patienceMs],
  ] as const) {
    if (!isRunning(identity)) return;
    try {
      process.kill(identity.pid, signal);
    } catch {
      return;
    }
    for (const end = Date.now() + waitMs; isRunning(identity) && Date.now() < end; ) await sleep(50);
  }
}
