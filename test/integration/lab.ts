import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { checkout } from "../../lib/paths.ts";

/** How a command of ./lab ended. */
export interface Ended {
  code: number | null;
  /** On stdout. */
  printed: string;
  /** On stderr. */
  told: string;
}

/** Starts a command of ./lab. */
export function startLab(...words: string[]): { command: ChildProcess; ended: Promise<Ended> } {
  const command = spawn(process.execPath, [join(checkout, "cli/main.ts"), ...words]);
  let [printed, told] = ["", ""];
  command.stdout.on("data", (text) => {
    printed += text;
  });
  command.stderr.on("data", (text) => {
    told += text;
  });
  const ended = new Promise<Ended>((resolve) => command.once("close", (code) => resolve({ code, printed, told })));
  return { command, ended };
}
