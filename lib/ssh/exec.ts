import type { Client } from "ssh2";
import { LabError } from "../errors.ts";

export interface ExecResult {
  stdout: Buffer;
  stderr: string;
  /** Exit status, or null when a signal or a lost connection ended the command. */
  code: number | null;
}

export interface ExecOptions {
  stdin?: string | Buffer;
  /** Milliseconds until the command is given up; default 60 000. */
  timeoutMs?: number;
}

/**
 * Runs a shell command over a connection; resolves whatever its exit status is.
 * @param where how messages call the server
 */
export function execOver(client: Client, where: string, command: string, options: ExecOptions): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const timeout = options.timeoutMs ?? 60_000;
    client.exec(command, (error, channel) => {
      if (error) return reject(new LabError(`${where}: ${error.message}: ${command}`));
      const out: Buffer[] = [];
      let stderr = "";
      let code: number | null = null;
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        channel.close();
      }, timeout);
      channel.on("data", (data: Buffer) => out.push(data));
      channel.stderr.on("data", (data: Buffer) => {
        stderr += data.toString();
      });
      channel.on("exit", (status: number | null) => {
        code = status;
      });
      channel.on("close", () => {
        clearTimeout(timer);
        if (late) reject(new LabError(`${where}: gave up after ${timeout / 1000} s: ${command}`));
        else resolve({ stdout: Buffer.concat(out), stderr, code });
      });
      channel.end(options.stdin ?? "");
    });
  });
}
