import { readFile, realpath, stat } from "node:fs/promises";
import { LabError, messageOf } from "../../lib/errors.ts";
import { publishFile } from "../../lib/publish.ts";
import { type Role, roles } from "../../lib/roles.ts";
import { type Inventory, inventorySchema } from "../config/hosts.ts";
import { type Capacity, capacityOf } from "./capacity.ts";
import type { Facts } from "./facts.ts";

interface WrittenHost {
  pfs: Record<string, unknown>[];
  [key: string]: unknown;
}

/** Puts what a server has into its description; every other key stays, in its place. @returns whether anything changed */
function put(host: WrittenHost, { pfs, ...ofServer }: Capacity): boolean {
  let changed = false;
  const set = (target: Record<string, unknown>, values: Partial<Record<string, number>>) => {
    for (const [key, value] of Object.entries(values)) {
      changed ||= target[key] !== value;
      target[key] = value;
    }
  };
  set(host, ofServer);
  for (const [index, pf] of pfs.entries()) {
    const written = host.pfs[index];
    if (pf && written) set(written, pf);
  }
  return changed;
}

/**
 * Writes what preview must know of the servers without asking them (cpus, memoryMiB, pfs[].totalVfs, pfs[].addressFilters) into the file that
 * describes them. The file is replaced as a whole or not at all, and keeps its mode; where nothing changes it is left alone.
 * @param known facts of the servers that were reached; the others keep what the file states of them
 * @returns the inventory as the file now has it, and the servers of which something changed
 * @throws LabError when the file cannot be read or written
 */
export async function writeCapacity(
  file: string,
  known: Partial<Record<Role, Facts>>,
): Promise<{ inventory: Inventory; changed: Role[] }> {
  try {
    const path = await realpath(file); // a link stays a link
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    const { hosts } = inventorySchema.parse(value);
    const written = value as { hosts: Record<Role, WrittenHost> };
    const changed = roles.filter((role) => {
      const facts = known[role];
      return facts !== undefined && put(written.hosts[role], capacityOf(hosts[role], facts));
    });
    if (changed.length > 0)
      await publishFile(path, `${JSON.stringify(value, null, 2)}\n`, (await stat(path)).mode & 0o777);
    return { inventory: inventorySchema.parse(value), changed };
  } catch (error) {
    throw new LabError(`${file} could not be written: ${messageOf(error)}`, { cause: error });
  }
}
