import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "../../lib/errors.ts";
import { publishFile } from "../../lib/publish.ts";
import { connectSsh } from "../../lib/ssh/connect.ts";
import type { InventoryHost } from "./inventory.ts";
import type { ServerName } from "./names.ts";
import { isRunning } from "./process.ts";
import { type ServerState, serversFolder } from "./state.ts";

const textOf = (file: string) => readFile(file, "utf8").catch(() => "");

async function lastWords(folder: string): Promise<string> {
  const lines = `${await textOf(join(folder, "qemu.log"))}\n${await textOf(join(folder, "console.log"))}`;
  return lines.trim().split("\n").slice(-12).join("\n");
}

/**
 * Waits until the server says on its console that it is up, which costs it nothing, unlike being asked over and over.
 * @throws LabError with the last lines of its logs when it ends or takes longer than until `deadline`.
 */
export async function waitForConsole(
  cache: string,
  name: ServerName,
  state: ServerState,
  deadline: number,
): Promise<void> {
  const folder = join(serversFolder(cache), name);
  for (;;) {
    if ((await textOf(join(folder, "console.log"))).includes("LAB-SERVER-READY")) return;
    if (!isRunning(state.process))
      throw new LabError(`${name}: its QEMU ended during boot\n${await lastWords(folder)}`);
    if (Date.now() > deadline)
      throw new LabError(
        `${name}: not up after ${state.settings.bootTimeoutS} s (LAB_EMULATOR_BOOT_TIMEOUT_S)\n${await lastWords(folder)}`,
      );
    await sleep(200);
  }
}

/**
 * Asks the server itself: ssh and libvirt answer, it is the one that was started, and its network card is there.
 * Keeps what its libvirt found out about QEMU in `libvirtCache` when that file is not there yet: finding it out takes
 * longer than the rest of the boot, and is the same for every boot of an image.
 */
export async function verifyServer(name: ServerName, host: InventoryHost, libvirtCache: string): Promise<void> {
  const connection = await connectSsh(name, host, 30_000);
  try {
    const totals = host.pfs.map(({ name: pf }) => `cat /sys/class/net/${pf}/device/sriov_totalvfs`).join("; ");
    const said = await connection.run(`cat /etc/machine-id; ${totals}; virsh -c qemu:///system version --daemon`);
    const [generation, ...rest] = said.split("\n");
    if (generation?.trim() !== host.generation)
      throw new LabError(`${name}: another server answers on port ${host.port} (generation ${generation})`);
    for (const [port, { name: pf, totalVfs }] of host.pfs.entries())
      if (!(Number(rest[port]) >= totalVfs))
        throw new LabError(
          `${name}: ${pf} has ${rest[port]?.trim() || "no"} virtual functions; ${totalVfs} are declared`,
        );
    if (!existsSync(libvirtCache)) {
      const findings = await connection.exec("tar -c -C /var/cache/libvirt qemu/capabilities");
      if (findings.code === 0) await publishFile(libvirtCache, findings.stdout);
    }
  } finally {
    connection.close();
  }
}
