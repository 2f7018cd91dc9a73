import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { LabError } from "./errors.ts";
import type { SshConnection } from "./ssh/connect.ts";
import { shellQuote } from "./ssh/quote.ts";

const started = z.object({ return: z.object({ pid: z.int() }) });
const status = z.object({
  return: z.object({
    exited: z.boolean(),
    exitcode: z.int().optional(),
    signal: z.int().optional(),
    "out-data": z.string().optional(),
    "err-data": z.string().optional(),
  }),
});

async function ask<T extends z.ZodType>(
  ssh: SshConnection,
  domain: string,
  schema: T,
  command: string,
  args: object,
): Promise<z.infer<T>> {
  const request = JSON.stringify({ execute: command, arguments: args });
  const answer = await ssh.run(`virsh -q qemu-agent-command --timeout 20 ${shellQuote(domain)} ${shellQuote(request)}`);
  const parsed = schema.safeParse(JSON.parse(answer));
  if (!parsed.success) throw new LabError(`${domain}: the guest agent answered ${command} with ${answer.trim()}`);
  return parsed.data;
}

/** A command that runs in a guest. */
export interface GuestCommand {
  /** Waits for its end, asking every `everyMs`. */
  ended(limitMs: number, everyMs?: number): Promise<{ code: number; stdout: Buffer; stderr: string }>;
}

/**
 * Starts a shell command in a guest through its agent (QEMU guest agent protocol, guest-exec). The channel is a virtual
 * serial line of its own: no packet of it is on the network that is measured.
 */
export async function startInGuest(
  ssh: SshConnection,
  domain: string,
  shellCommand: string,
  capture: boolean,
): Promise<GuestCommand> {
  const { return: process } = await ask(ssh, domain, started, "guest-exec", {
    path: "/bin/sh",
    arg: ["-c", shellCommand],
    "capture-output": capture,
  });
  return {
    async ended(limitMs, everyMs = 500) {
      for (const deadline = Date.now() + limitMs; ; await sleep(everyMs)) {
        const { return: now } = await ask(ssh, domain, status, "guest-exec-status", { pid: process.pid });
        if (now.exited)
          return {
            code: now.exitcode ?? 128 + (now.signal ?? 0),
            stdout: Buffer.from(now["out-data"] ?? "", "base64"),
            stderr: Buffer.from(now["err-data"] ?? "", "base64").toString(),
          };
        if (Date.now() > deadline)
          throw new LabError(`${domain}: still running after ${limitMs / 1000} s in the guest: ${shellCommand}`);
      }
    },
  };
}

/** Runs a shell command in a guest and gives its stdout. @throws LabError when it fails */
export async function runInGuest(ssh: SshConnection, domain: string, shellCommand: string): Promise<string> {
  const command = await startInGuest(ssh, domain, shellCommand, true);
  const { code, stdout, stderr } = await command.ended(30_000, 200);
  if (code !== 0) throw new LabError(`${domain}: exit status ${code} in the guest: ${shellCommand}\n${stderr.trim()}`);
  return stdout.toString();
}
