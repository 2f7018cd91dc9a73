import { readFileSync } from "node:fs";
import { LabError } from "../lib/errors.ts";

/** That the user, or whoever runs this, wants an end. */
export interface Interruption {
  /** Aborted at the first SIGINT, SIGTERM or SIGHUP, with a LabError as its reason. */
  asked: AbortSignal;
  /**
   * Aborted when the child processes have not got the signal and have to be told. On Ctrl-C the terminal has told
   * them already, and a second SIGINT would make Pulumi drop what it is doing instead of finishing it.
   */
  tellChildren: AbortSignal;
}

/** Whether the terminal's Ctrl-C goes to our whole process group, from the text of /proc/PID/stat (proc_pid_stat(5)). */
export function isInForeground(stat: string): boolean {
  const [, , pgrp, , , tpgid] = stat
    .slice(stat.lastIndexOf(")") + 1)
    .split(/\s+/)
    .filter(Boolean)
    .map(Number);
  return pgrp !== undefined && pgrp === tpgid;
}

/**
 * Runs `body` so that a signal does not end this process but is told to `body`, which stops its children and cleans
 * up. A second signal while it does so ends the process at once.
 */
export async function interruptible<T>(body: (interruption: Interruption) => Promise<T>): Promise<T> {
  const asked = new AbortController();
  const tellChildren = new AbortController();
  const handle = (name: NodeJS.Signals) => {
    if (asked.signal.aborted) process.exit(1);
    process.stderr.write(`lab: ${name}: ending what is under way and cleaning up; once more ends at once\n`);
    asked.abort(new LabError(`interrupted (${name})`));
    if (name !== "SIGINT" || !isInForeground(readFileSync("/proc/self/stat", "utf8"))) tellChildren.abort();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, handle);
  try {
    return await body({ asked: asked.signal, tellChildren: tellChildren.signal });
  } finally {
    for (const signal of signals) process.off(signal, handle);
  }
}
