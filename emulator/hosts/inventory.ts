import { join } from "node:path";
import { LabError } from "../../lib/errors.ts";
import type { Role } from "../../lib/roles.ts";
import type { Keys } from "./keys.ts";
import { stepFiles } from "./qemu-arguments.ts";
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

/** The virtual time that both servers can be put on together (emulator/virtual-time). */
interface InventoryClock {
  kind: "virtual";
  /** Where each server is told to step, unix sockets. */
  sockets: Record<Role, string>;
  nsPerInstruction: number;
  wireLatencyNs: number;
}

/** The emulated servers as a stack uses them. */
export interface EmulatedInventory {
  fidelity: "emulated" | "emulated-virtual" | "emulated-kvm";
  /** Of servers that run in virtual time. */
  clock?: InventoryClock;
  hosts: Record<Role, InventoryHost>;
}

/** The clock of two running servers, if they share one. @param folder the servers' (state.ts) */
function clockOf(folder: string, { sender, responder }: Record<Role, ServerState>): InventoryClock | undefined {
  const { time, nsPerInstruction, wireLatencyNs } = sender.settings;
  const words = ({ settings }: ServerState) =>
    settings.time === "wall"
      ? `wall time${settings.accelerator === "kvm" ? " on KVM" : ""}`
      : `virtual time, ${settings.nsPerInstruction} ns an instruction, ${settings.wireLatencyNs} ns on the wire`;
  if (words(sender) !== words(responder))
    throw new LabError(
      `the emulated servers run on different clocks (sender: ${words(sender)}; responder: ${words(responder)}): run ./lab hosts down, then up`,
    );
  if (time === "wall") return undefined;
  const socket = (name: Role) => join(folder, stepFiles.control(name));
  return {
    kind: "virtual",
    sockets: { sender: socket("sender"), responder: socket("responder") },
    nsPerInstruction,
    wireLatencyNs,
  };
}

/** The inventory of two running servers. @param folder the servers' (state.ts) */
export function inventoryOf(folder: string, keys: Keys, states: Record<Role, ServerState>): EmulatedInventory {
  const clock = clockOf(folder, states);
  const host = (name: Role): InventoryHost => ({
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
    memoryMiB: Math.floor(states[name].settings.memoryMiB * 0.9),
    pinnedCore: states[name].pinnedCore,
  });
  const hosts = { sender: host("sender"), responder: host("responder") };
  if (clock) return { fidelity: "emulated-virtual", clock, hosts };
  return { fidelity: states.sender.settings.accelerator === "kvm" ? "emulated-kvm" : "emulated", hosts };
}
