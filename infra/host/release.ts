import { LabError } from "../../lib/errors.ts";
import { connectSsh } from "../../lib/ssh/connect.ts";
import { type Inventory, type Role, roles } from "../config/hosts.ts";
import { observeScript, parseObservation } from "../observe.ts";

/**
 * Takes a server's lease from a stack that cannot give it back any more. What the stack made stays: the next stack finds no
 * mark of its own and makes everything anew.
 * @param force without it, only says who has the server
 * @returns who had it; undefined when it was free
 */
export async function releaseHost(inventory: Inventory, name: string, force: boolean): Promise<string | undefined> {
  const role = roles.find((candidate): candidate is Role => candidate === name);
  if (!role) throw new LabError(`${name}: there is no such server; allowed: ${roles.join(", ")}`, { exitCode: 2 });
  const ssh = await connectSsh(role, inventory.hosts[role]);
  try {
    const { lease } = parseObservation(await ssh.run(observeScript(inventory.hosts[role])));
    if (!lease) return undefined;
    const holder = `${lease.owner} since ${lease.since.toISOString()}`;
    if (!force)
      throw new LabError(`${name}: in use by ${holder}. Destroy that stack; when it is dead, release with --force`);
    await ssh.run("rm -rf /run/sriov-rtt/lease /run/sriov-rtt/lease-token");
    return holder;
  } finally {
    ssh.close();
  }
}
