import { z } from "zod";
import { endingMs, exitWithin, requireEnded, runningCommand } from "./endpoints/ending.ts";
import type { CommandExit, RunningCommand } from "./endpoints/endpoint.ts";
import { LabError, messageOf } from "./errors.ts";
import type { SshConnection } from "./ssh/connect.ts";
import { endCallScript } from "./ssh/end-call.ts";
import { callVariable, newCall, scriptName } from "./ssh/framing.ts";
import { shellQuote } from "./ssh/quote.ts";
import { askVirsh } from "./virsh.ts";

const started = z.object({ pid: z.int() });
const status = z.object({
  exited: z.boolean(),
  exitcode: z.int().optional(),
  signal: z.int().optional(),
  "out-data": z.base64().optional(),
  "err-data": z.base64().optional(),
});

/** Seconds within which an agent must answer one question, and milliseconds within which libvirt must say so on a server that is slow. */
const answerSeconds = 20;
const answerLimitMs = 60_000;

/** In characters that go as they are through whatever reads a line. */
export const asciiJson = (value: object) =>
  JSON.stringify(value).replace(/[^ -~]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * Asks a guest's agent (QEMU guest agent protocol). The channel is a virtual serial line of its own: no packet of it is on
 * the network that is measured.
 * @param schema of what it returns
 * @throws LabError when it does not answer, or with something else
 */
export async function askAgent<T extends z.ZodType>(
  ssh: SshConnection,
  domain: string,
  schema: T,
  command: string,
  args: object,
): Promise<z.infer<T>> {
  const request = asciiJson({ execute: command, arguments: args });
  const answer = await askVirsh(
    ssh,
    `qemu-agent-command --timeout ${answerSeconds} ${shellQuote(domain)} ${shellQuote(request)}`,
    answerLimitMs,
  ).catch((error) => {
    throw new LabError(`${command} in ${domain}: ${messageOf(error)}`, { cause: error });
  });
  const refuse = () =>
    new LabError(`${domain}: the guest agent answered ${command} with ${answer.trim().slice(0, 400)}`);
  let value: unknown;
  try {
    value = JSON.parse(answer);
  } catch {
    throw refuse();
  }
  const parsed = z.object({ return: schema }).safeParse(value);
  if (!parsed.success) throw refuse();
  return (parsed.data as { return: z.infer<T> }).return;
}

/** Starts a shell command that is told from all others by the name of its call. */
async function start(ssh: SshConnection, domain: string, call: string, shellCommand: string, capture: boolean) {
  return askAgent(ssh, domain, started, "guest-exec", {
    path: "/bin/env",
    arg: [`${callVariable}=${call}`, "/bin/sh", "-c", shellCommand],
    "capture-output": capture,
  });
}

/** How a process has ended, undefined while it runs. */
async function exitOf(ssh: SshConnection, domain: string, pid: number): Promise<CommandExit | undefined> {
  const now = await askAgent(ssh, domain, status, "guest-exec-status", { pid });
  if (!now.exited) return undefined;
  return {
    code: now.exitcode ?? 128 + (now.signal ?? 0),
    stdout: Buffer.from(now["out-data"] ?? "", "base64"),
    stderr: Buffer.from(now["err-data"] ?? "", "base64").toString(),
  };
}

async function endInGuest(ssh: SshConnection, domain: string, call: string): Promise<void> {
  const { pid } = await start(ssh, domain, newCall(), endCallScript(call, false), true);
  const exit = await exitWithin(() => exitOf(ssh, domain, pid), endingMs, 200);
  requireEnded(exit, `${domain}: processes in the guest`);
}

/** Starts a shell command in a guest through its agent (guest-exec). @param capture whether what it prints is kept for its end */
export async function startInGuest(
  ssh: SshConnection,
  domain: string,
  shellCommand: string,
  capture: boolean,
): Promise<RunningCommand> {
  const call = newCall();
  const { pid } = await start(ssh, domain, call, shellCommand, capture);
  return runningCommand(
    domain,
    `in the guest: ${scriptName(shellCommand)}`,
    () => exitOf(ssh, domain, pid),
    () => endInGuest(ssh, domain, call),
  );
}

/** Runs a shell command in a guest and gives its stdout. @throws LabError when it fails, or takes longer than `limitMs` */
export const runInGuest = async (ssh: SshConnection, domain: string, shellCommand: string, limitMs?: number) =>
  (await bytesFromGuest(ssh, domain, shellCommand, limitMs)).toString();

/** The same, of what is no text. */
export async function bytesFromGuest(
  ssh: SshConnection,
  domain: string,
  shellCommand: string,
  limitMs = 30_000,
): Promise<Buffer> {
  const command = await startInGuest(ssh, domain, shellCommand, true);
  const { code, stdout, stderr } = await command.ended(limitMs, 200);
  if (code !== 0)
    throw new LabError(`${domain}: exit status ${code} in the guest: ${scriptName(shellCommand)}\n${stderr.trim()}`);
  return stdout;
}
