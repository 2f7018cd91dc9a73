import { hostSsh } from "../../emulator/hosts/ssh.ts";
import type { ServerStatus } from "../../emulator/hosts/status.ts";
import { cacheDir } from "../../lib/paths.ts";
import { progress } from "../progress.ts";
import { withServersLocked } from "../setup/locks.ts";
import { areUp, bootServers, serverStatus, stopServers } from "../setup/servers.ts";

export interface PrintOptions {
  json?: true;
}

function statusLine({ name, status, port, pid, pinnedCore, startedAt }: ServerStatus): string {
  const core = pinnedCore === null || pinnedCore === undefined ? "no core of its own" : `core ${pinnedCore}`;
  const details = status === "down" ? "" : `  127.0.0.1:${port}, process ${pid}, ${core}, since ${startedAt}`;
  return `${name.padEnd(10)} ${status}${details}`;
}

/** Prints how both servers are. @returns whether both are up */
export async function printServers({ json }: PrintOptions): Promise<boolean> {
  const servers = await serverStatus();
  process.stdout.write(json ? `${JSON.stringify(servers, null, 2)}\n` : `${servers.map(statusLine).join("\n")}\n`);
  return areUp(servers);
}

/** Boots both servers and prints how they are. */
export async function startServers(options: PrintOptions): Promise<void> {
  await withServersLocked(progress, () => bootServers(progress));
  await printServers(options);
}

/** Ends both servers and prints how they are. */
export async function endServers(options: PrintOptions): Promise<void> {
  await withServersLocked(progress, () => stopServers(progress));
  await printServers(options);
}

/** A shell on a server, or a command there. @returns its exit status */
export const openShell = (name: string, command: string[]): Promise<number> =>
  hostSsh(name, command, { cache: cacheDir() });
