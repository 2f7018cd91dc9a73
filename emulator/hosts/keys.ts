import { existsSync } from "node:fs";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { publishFolder } from "../../lib/publish.ts";
import { type Role, roles } from "../../lib/roles.ts";
import { runTool } from "../machine.ts";

/** The ssh keys of this machine's emulated servers. */
export interface Keys {
  /** Private key that the servers let in as root. */
  clientFile: string;
  /** Its public half, one line. */
  client: string;
  /** Private host key of each server. */
  hostFiles: Record<Role, string>;
  /** "TYPE BASE64" of each server's host key. */
  hosts: Record<Role, string>;
}

const publicKey = async (file: string) =>
  (await readFile(`${file}.pub`, "utf8")).trim().split(/\s+/).slice(0, 2).join(" ");

/** Gives the keys in `<cache>/keys`; makes them at the first call on this machine, all of them or none. */
export async function ensureKeys(cache: string): Promise<Keys> {
  const folder = join(cache, "keys");
  if (!existsSync(folder))
    await publishFolder(folder, async (fresh) => {
      await chmod(fresh, 0o700);
      for (const name of ["client", ...roles])
        await runTool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", `lab-${name}`, "-f", join(fresh, name)]);
    });
  const fileOf = (name: string) => join(folder, name);
  return {
    clientFile: fileOf("client"),
    client: await publicKey(fileOf("client")),
    hostFiles: { sender: fileOf("sender"), responder: fileOf("responder") },
    hosts: { sender: await publicKey(fileOf("sender")), responder: await publicKey(fileOf("responder")) },
  };
}

/** A known_hosts(5) text that pins each server's key to its address and port. */
export function knownHostsText(servers: { address: string; port: number; hostKey: string }[]): string {
  return servers.map(({ address, port, hostKey }) => `[${address}]:${port} ${hostKey}\n`).join("");
}
