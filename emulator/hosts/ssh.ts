import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { LabError } from "../../lib/errors.ts";
import { isRunning } from "../../lib/process-identity.ts";
import { parseRole } from "../../lib/roles.ts";
import { ensureKeys } from "./keys.ts";
import { readState, serversFolder } from "./state.ts";

/**
 * The arguments of OpenSSH's client for a server. No configuration of this machine's user takes part, and only the
 * pinned host key is accepted.
 */
export function sshArguments(
  options: { keyFile: string; knownHostsFile: string; port: number },
  args: string[],
): string[] {
  const settings = [
    `UserKnownHostsFile="${options.knownHostsFile}"`,
    "GlobalKnownHostsFile=none",
    "StrictHostKeyChecking=yes",
    "HostKeyAlgorithms=ssh-ed25519",
    "IdentitiesOnly=yes",
    "LogLevel=ERROR",
  ];
  return [
    ...["-F", "none", "-i", options.keyFile, "-p", String(options.port)],
    ...settings.flatMap((setting) => ["-o", setting]),
    "root@127.0.0.1",
    ...args,
  ];
}

/**
 * Opens a shell on a server, or runs `args` there, on this terminal.
 * @returns its exit status.
 * @throws LabError when there is no such server or it does not run.
 */
export async function hostSsh(name: string, args: string[], options: { cache: string }): Promise<number> {
  const state = await readState(options.cache, parseRole(name));
  if (!state || !isRunning(state.process)) throw new LabError(`${name} does not run; start it with: ./lab hosts up`);
  const keys = await ensureKeys(options.cache);
  const knownHostsFile = join(serversFolder(options.cache), "known_hosts");
  const target = { keyFile: keys.clientFile, knownHostsFile, port: state.port };
  const child = spawn("ssh", sshArguments(target, args), { stdio: "inherit" });
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : 255;
}
