import { rm } from "node:fs/promises";
import { join } from "node:path";
import { roles } from "../../lib/roles.ts";
import { endProcess } from "./process.ts";
import { readState, removeState, serversFolder } from "./state.ts";
import { endStrays, type HostsOptions, withPairLocked } from "./up.ts";

/**
 * Ends both servers and leaves no process, socket or file of theirs. Nothing is shut down inside: their disks are
 * thrown away with them.
 */
export async function hostsDown(options: Omit<HostsOptions, "settings">): Promise<void> {
  const { cache, progress, inventoryFile } = options;
  await withPairLocked(options, async () => {
    await Promise.all(
      roles.map(async (name) => {
        const state = await readState(cache, name);
        if (state) await progress.step(`${name}: down`, () => endProcess(state.process));
        await endStrays(cache, name);
        await removeState(cache, name);
      }),
    );
    await rm(join(serversFolder(cache), "known_hosts"), { force: true });
    if (inventoryFile) await rm(inventoryFile, { force: true });
  });
}
