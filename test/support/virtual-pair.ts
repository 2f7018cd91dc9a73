import { readFileSync } from "node:fs";
import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { hostsDown } from "../../emulator/hosts/down.ts";

import { stepFiles } from "../../emulator/hosts/qemu-arguments.ts";
import { readState, serversFolder } from "../../emulator/hosts/state.ts";
import { hostsUp } from "../../emulator/hosts/up.ts";
import { ensureImages } from "../../emulator/images/ensure.ts";
import { cacheDir, labDir } from "../../lib/paths.ts";
import { plainProgress } from "../../lib/progress.ts";
import type { Role } from "../../lib/roles.ts";

/** Two servers in virtual time, beside the pair that other tests use: same images, own ports, own folder. */
export class VirtualPair {
  readonly folder = join(labDir, "virtual");
  readonly inventoryFile = join(this.folder, "hosts.json");
  readonly #options = { cache: this.folder, progress: plainProgress, inventoryFile: this.inventoryFile };

  /** Boots both, anew when an earlier test was killed. */
  async up(): Promise<void> {
    await ensureImages({ cache: cacheDir(), progress: plainProgress });
    await this.down();
    await mkdir(this.folder, { recursive: true });
    for (const name of ["images", "keys"]) await symlink(join(cacheDir(), name), join(this.folder, name));
    const settings = { time: "virtual" as const, senderPort: 2311, responderPort: 2312, bootTimeoutS: 800 };
    await hostsUp({ ...this.#options, settings });
  }

  /** Whether the sender is in step: `entered` of its side of the memory that the two share (plugin/shared.h). */
  isInStep(): boolean {
    return readFileSync(join(serversFolder(this.folder), stepFiles.shared)).readUInt32LE(8) !== 0;
  }

  /** Kills a server. */
  async kill(name: Role): Promise<void> {
    const state = await readState(this.folder, name);
    if (!state) throw new Error(`${name} was never started`);
    process.kill(state.process.pid, "SIGKILL");
  }

  async down(): Promise<void> {
    await hostsDown(this.#options);
    await rm(this.folder, { recursive: true, force: true });
  }
}
