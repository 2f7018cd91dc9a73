import type { Keys } from "./keys.ts";
import type { ServerName } from "./names.ts";
import type { ServerState } from "./state.ts";

/** How a server is reached and what its network card has. */
export interface InventoryHost {
  address: string;
  port: number;
  user: string;
  privateKeyFile: string;
  /** "TYPE BASE64". */
  hostKey: string;
  /** New at each boot, because each boot starts from a fresh disk: what was put on an earlier one is gone. */
  generation: string;
  pfs: { name: string; vfs: number; totalVfs: number; addressFilters: number; returnsOwnFrames: true }[];
  cpus: number;
  /** What its kernel leaves of its memory, MiB, rounded down. */
  memoryMiB: number;
  /** The core of this machine that the server is pinned to, or null. */
  pinnedCore: number | null;
}

/** The emulated servers as a stack uses them. */
export interface Inventory {
  fidelity: "emulated";
  hosts: Record<ServerName, InventoryHost>;
}

/** The inventory of two running servers. */
export function inventoryOf(keys: Keys, states: Record<ServerName, ServerState>): Inventory {
  const host = (name: ServerName): InventoryHost => ({
    address: "127.0.0.1",
    port: states[name].port,
    user: "root",
    privateKeyFile: keys.clientFile,
    hostKey: keys.hosts[name],
    generation: states[name].generation,
    pfs: Array.from({ length: states[name].settings.ports }, (_, port) => ({
      name: `pf${port}`,
      vfs: states[name].settings.vfs,
      totalVfs: states[name].settings.vfs,
      // The receive address registers of the 82576 that QEMU emulates; and QEMU hands what the PF sends back to the PF where no
      // such register has its destination.
      addressFilters: 24,
      returnsOwnFrames: true,
    })),
    cpus: states[name].settings.cpus,
    memoryMiB: Math.floor(states[name].settings.memoryMib * 0.9),
    pinnedCore: states[name].pinnedCore,
  });
  return { fidelity: "emulated", hosts: { sender: host("sender"), responder: host("responder") } };
}
