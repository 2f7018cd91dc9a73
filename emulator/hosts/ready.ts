import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "../../lib/errors.ts";
import { parseFields } from "../../lib/key-value.ts";
import { isRunning } from "../../lib/process-identity.ts";
import { publishFile } from "../../lib/publish.ts";
import type { Role } from "../../lib/roles.ts";
import { connectSsh } from "../../lib/ssh/connect.ts";
import type { InventoryHost } from "./inventory.ts";
import { settingVariables } from "./settings.ts";
import { type ServerState, serversFolder } from "./state.ts";

const textOf = (file: string) => readFile(file, "utf8").catch(() => "");

const shownLines = 12;

/** What QEMU and the server's console said last; where the kernel panicked, from its reason on. */
async function lastWords(folder: string): Promise<string> {
  const text = `${await textOf(join(folder, "qemu.log"))}\n${await textOf(join(folder, "console.log"))}`;
  const lines = text.trim().split("\n");
  const panic = lines.findIndex((line) => line.includes("Kernel panic"));
  return (panic < 0 ? lines.slice(-shownLines) : lines.slice(panic, panic + shownLines)).join("\n");
}

/**
 * Waits until the server says on its console that it is up, which costs it nothing, unlike being asked over and over.
 * @throws LabError with the last lines of its logs when it ends or takes longer than until `deadline`.
 */
export async function waitForConsole(cache: string, name: Role, state: ServerState, deadline: number): Promise<void> {
  const folder = join(serversFolder(cache), name);
  for (;;) {
    if ((await textOf(join(folder, "console.log"))).includes("LAB-SERVER-READY")) return;
    if (!isRunning(state.process))
      throw new LabError(`${name}: its QEMU ended during boot; it said last:\n${await lastWords(folder)}`);
    if (Date.now() > deadline)
      throw new LabError(
        `${name}: not up after ${state.settings.bootTimeoutS} s; a busy machine needs longer: ${settingVariables.bootTimeoutS}=SECONDS allows it. It said last:\n${await lastWords(folder)}`,
      );
    await sleep(200);
  }
}

/**
 * A script that tells what a server is and has, a line of `key=value` words: its `generation`, and by the name of each port how many virtual
 * functions it can have. It waits for ports: a server that comes up slowly answers before its network card's driver is there.
 * @param root what stands before /etc and /sys
 */
export function lookScript(pfs: readonly string[], seconds: number, root = ""): string {
  const fields = pfs.map((pf) => {
    const file = `${root}/sys/class/net/${pf}/device/sriov_totalvfs`;
    return `until [ -e ${file} ] || [ $left -le 0 ]; do left=$((left - 1)); sleep 1; done; fields="$fields ${pf}=$(cat ${file} 2> /dev/null || :)"`;
  });
  return [`fields="generation=$(cat ${root}/etc/machine-id)"; left=${seconds}`, ...fields, 'echo "$fields"'].join("\n");
}

/**
 * Compares what a server told (`lookScript`) with what the inventory says of it.
 * @throws LabError: it is another server, or a port has fewer virtual functions than declared, or is not there
 */
export function checkLook(name: Role, host: Pick<InventoryHost, "generation" | "port" | "pfs">, told: string): void {
  const fields = parseFields(told.trim(), name);
  if (fields.generation !== host.generation)
    throw new LabError(`${name}: another server answers on port ${host.port} (generation ${fields.generation})`);
  for (const { name: pf, totalVfs } of host.pfs) {
    const has = fields[pf] ?? "";
    if (has === "")
      throw new LabError(`${name}: it has no port ${pf} with virtual functions; ${totalVfs} are declared`);
    if (!(Number(has) >= totalVfs))
      throw new LabError(`${name}: ${pf} has ${has} virtual functions; ${totalVfs} are declared`);
  }
}

/**
 * Asks the server itself: ssh and libvirt answer, it is the one that was started, and its network card is there.
 * Keeps what its libvirt found out about QEMU in `libvirtCache` when that file is not there yet: finding it out takes
 * longer than the rest of the boot, and is the same for every boot of an image.
 * @param deadline until when a port of its may come, in milliseconds of `Date.now()`
 */
export async function verifyServer(
  name: Role,
  host: InventoryHost,
  libvirtCache: string,
  deadline: number,
): Promise<void> {
  const connection = await connectSsh(name, host, 30_000);
  try {
    const seconds = Math.max(1, Math.ceil((deadline - Date.now()) / 1000));
    const ports = host.pfs.map(({ name: pf }) => pf);
    checkLook(name, host, await connection.run(lookScript(ports, seconds), { timeoutMs: (seconds + 30) * 1000 }));
    await connection.run("virsh -c qemu:///system version --daemon");
    if (!existsSync(libvirtCache)) {
      const findings = await connection.exec("tar -c -C /var/cache/libvirt qemu/capabilities");
      if (findings.code === 0) await publishFile(libvirtCache, findings.stdout);
    }
  } finally {
    connection.close();
  }
}
