import { spawn } from "node:child_process";
import { join } from "node:path";

/** How a download ended. `refused`: the server answered and had nothing for us; `unreachable`: there was no answer. */
export type Download = { outcome: "done" } | { outcome: "refused" | "unreachable"; why: string };

/** Starting Node.js is not the network's fault: what it takes on a busy machine comes on top of the time limit. */
const startMs = 30_000;

/** Exit status of fetch-file.ts when the server answered something else than the file. */
export const refusedStatus = 3;

/**
 * Fetches a file over HTTPS, in a process of its own: there Node.js takes proxies from the environment and trusts what
 * the system trusts, and it is ended when it hangs.
 * @param file is written in place; it counts only when the outcome is "done"
 */
export function download(url: string, file: string, limitMs: number): Promise<Download> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "fetch-file.ts"), url, file, String(limitMs)], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, NODE_USE_ENV_PROXY: "1", NODE_USE_SYSTEM_CA: "1" },
      timeout: limitMs + startMs,
      killSignal: "SIGKILL",
    });
    let answer = "";
    child.stderr.on("data", (data: Buffer) => {
      answer = (answer + data.toString()).slice(-2000);
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve({ outcome: "done" });
      else if (code === refusedStatus) resolve({ outcome: "refused", why: answer.trim() });
      else resolve({ outcome: "unreachable", why: signal ? `ended by ${signal}` : answer.trim() });
    });
  });
}
