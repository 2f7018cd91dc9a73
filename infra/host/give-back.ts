import { LabError } from "../../lib/errors.ts";
import { parseRole } from "../../lib/roles.ts";
import { connectSsh } from "../../lib/ssh/connect.ts";
import type { Host, Inventory } from "../config/hosts.ts";
import { observeScript, parseObservation } from "../observe.ts";
import { shellScript } from "../server-script.ts";

/** Who has a server's lease, undefined where nobody has it. */
async function leaseOf(ssh: Awaited<ReturnType<typeof connectSsh>>, host: Host) {
  return parseObservation(await ssh.run(observeScript(host))).lease;
}

/**
 * Takes a server's lease from a stack that cannot give it back any more. What the stack made stays; the next stack puts it back
 * before it makes anything.
 * @param force without it, only says who has the server
 * @returns who had it; undefined when it was free
 */
export async function releaseHost(inventory: Inventory, name: string, force: boolean): Promise<string | undefined> {
  const role = parseRole(name);
  const ssh = await connectSsh(role, inventory.hosts[role]);
  try {
    const lease = await leaseOf(ssh, inventory.hosts[role]);
    if (!lease) return undefined;
    const holder = `${lease.owner} since ${lease.since.toISOString()}`;
    if (!force)
      throw new LabError(`${name}: in use by ${holder}. Destroy that stack; when it is dead, release with --force`);
    await ssh.run(shellScript("lease.sh", { ACTION: "release", OWNER: lease.owner }));
    return holder;
  } finally {
    ssh.close();
  }
}

/** How long drivers may take to change the number of VFs twice, and VMs to end. */
const restoreTimeoutMs = 900_000;

/**
 * Puts a server back as it was before the testbed changed it, without the stack that did: VMs, bridge, VFs with their drivers,
 * names, addresses and settings, from what the server has written down itself.
 * @param force also where a stack has the server
 * @returns what was done, and each thing that was left alone and why
 * @throws LabError with what could not be put back
 */
export async function restoreHost(inventory: Inventory, name: string, force: boolean): Promise<string> {
  const role = parseRole(name);
  const ssh = await connectSsh(role, inventory.hosts[role]);
  try {
    const script = shellScript("restore.sh", { FORCE: force ? "yes" : "no" });
    const { code, stdout, stderr } = await ssh.exec(script, { timeoutMs: restoreTimeoutMs });
    const told = [stderr.trim(), stdout.toString().trim()].filter((text) => text !== "").join("\n");
    if (code === 0) return told;
    throw new LabError(`${name}: it could not be put back whole:\n${told}`);
  } finally {
    ssh.close();
  }
}
