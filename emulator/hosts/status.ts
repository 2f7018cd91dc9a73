import { isRunning } from "../../lib/process-identity.ts";
import { type Role, roles } from "../../lib/roles.ts";
import { readState } from "./state.ts";

/** A server as it is now: `died` means that it was started and its process is gone. */
export interface ServerStatus {
  name: Role;
  status: "down" | "booting" | "up" | "died";
  pid?: number;
  port?: number;
  pinnedCore?: number | null;
  memoryMiB?: number;
  cpus?: number;
  startedAt?: string;
  generation?: string;
}

/** How both servers are. Asks the machine, not the servers, so it answers at once. */
export async function hostsStatus(options: { cache: string }): Promise<ServerStatus[]> {
  return Promise.all(
    roles.map(async (name): Promise<ServerStatus> => {
      const state = await readState(options.cache, name);
      if (!state) return { name, status: "down" };
      const { port, pinnedCore, startedAt, generation, settings } = state;
      const { memoryMiB, cpus } = settings;
      const status = !isRunning(state.process) ? "died" : state.ready ? "up" : "booting";
      return { name, status, pid: state.process.pid, port, pinnedCore, memoryMiB, cpus, startedAt, generation };
    }),
  );
}
