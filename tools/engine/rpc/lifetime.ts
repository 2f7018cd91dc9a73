import { readFileSync } from "node:fs";

const pollMs = 200;

/** Field 5 of proc_pid_stat(5); the command name before it may hold spaces and parentheses. */
function processGroup(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
}

/**
 * Makes this plugin end when it is told to (SIGTERM, SIGINT) and when the engine that started it is gone, even if that
 * was SIGKILLed and could tell nobody: then the parent of this process is another one, which is looked at five times a
 * second (a parent-death signal would come too early: it is sent when the engine's *thread* that forked us ends).
 * @param cleanup ends what this process has started; when the engine is gone, what then still runs in our process group is killed
 */
export function endWithParent(cleanup: () => Promise<void>): void {
  const parent = process.ppid;
  let ending: Promise<void> | undefined;
  const end = () => {
    ending ??= cleanup().catch(() => {});
    return ending;
  };
  process.on("SIGTERM", () => end().then(() => process.exit(0)));
  process.on("SIGINT", () => end().then(() => process.exit(0)));
  setInterval(() => {
    if (process.ppid === parent) return;
    end().then(() => {
      // The engine gives every plugin a group of its own; without one, the group is that of whoever started us.
      if (processGroup() === process.pid) process.kill(-process.pid, "SIGKILL");
      process.exit(1);
    });
  }, pollMs);
}
