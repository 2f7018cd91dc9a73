import { relative, resolve } from "node:path";
import { readSettings } from "../../emulator/hosts/settings.ts";
import type { Inventory } from "../../infra/config/hosts.ts";
import { readInventory } from "../../infra/config/load.ts";
import { checkout } from "../../lib/paths.ts";
import { type Fidelity, fidelities, isEmulated } from "../../measure/results/fidelity.ts";
import { type ServerKeys, serverKeysOf } from "../../measure/results/server-keys.ts";
import { usesEmulatedServers } from "../setup/emulated-hosts.ts";
import { assumedInventory } from "./plan.ts";

/** Whether a hosts file is that of this checkout's emulated servers. */
export const isEmulatedPair = (hosts: string) =>
  usesEmulatedServers({ hosts: relative(checkout, resolve(checkout, hosts)) });

/** The two servers of a pair, and of which fidelity they may be. */
export interface Servers {
  inventory: Inventory;
  possible: readonly Fidelity[];
  /** Which servers they are; undefined for emulated ones that nobody has asked. */
  keys?: ServerKeys;
}

/** The servers as their file describes them. @throws LabError (exit code 2) that says what is wrong in it */
export const serversIn = (hosts: string): Servers => {
  const inventory = readInventory(hosts);
  return { inventory, possible: [inventory.fidelity], keys: serverKeysOf(inventory.hosts) };
};

/** The emulated servers as they will be; what they have is known for certain when they are up. */
function emulatedServers(): Inventory {
  const { vfs, cpus, memoryMiB } = readSettings();
  return assumedInventory({ servers: { vfs, cpus, memoryMiB } });
}

/** The servers, asked nothing: as their file describes them, or as the emulated ones will be, of whichever fidelity that is. */
export const serversAt = (hosts: string): Servers =>
  isEmulatedPair(hosts)
    ? { inventory: emulatedServers(), possible: fidelities.filter((each) => isEmulated(each)) }
    : serversIn(hosts);
