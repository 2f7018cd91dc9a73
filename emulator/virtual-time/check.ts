import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { QemuRuntime } from "../images/qemu.ts";

/**
 * Has QEMU load the plugin, as for two servers in virtual time, and nothing else: the plugin looks at all of QEMU that it
 * relies on, says what it found, and ends it.
 * @returns why QEMU and the plugin do not fit, in one sentence, or undefined
 */
export async function checkPlugin(qemu: QemuRuntime, plugin: string): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "lab-plugin-"));
  try {
    const result = await execa(
      qemu.command,
      [
        ...qemu.args,
        ...["-nodefaults", "-no-user-config", "-display", "none", "-machine", "none"],
        ...["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off"],
        ...["-netdev", "dgram,id=wire,local.type=unix,local.path=a,remote.type=unix,remote.path=b"],
        ...["-plugin", `${plugin.replaceAll(",", ",,")},check=on,shared=memory,side=0,control=socket,wires=1`],
      ],
      { cwd: folder, env: qemu.env, reject: false, all: true, timeout: 30_000 },
    );
    const lines = (result.all ?? "").split("\n");
    if (!result.failed && lines.some((line) => line.startsWith("virtual-time: fits"))) return undefined;
    const refusal = lines.find((line) => line.startsWith("virtual-time: "))?.replace("virtual-time: ", "");
    return refusal ?? lines.find(Boolean) ?? result.shortMessage ?? "QEMU did not load it";
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
