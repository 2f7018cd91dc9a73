import { copyFile, mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { librariesOf } from "./closure.ts";

const loader = "ld-linux-x86-64.so.2";

// What the q35 machine and `-kernel` read: the firmware, the option ROM that loads a Linux kernel, and the APIC's.
const firmware = ["seabios/bios-256k.bin", "qemu/linuxboot_dma.bin", "qemu/pvh.bin", "qemu/kvmvapic.bin"];

/** How QEMU of the Debian tree is run on this machine, whatever its own libraries are. */
export interface QemuRuntime {
  /** The program to execute: the tree's own dynamic loader. */
  command: string;
  /** What comes before QEMU's own arguments. */
  args: string[];
  env: Record<string, string>;
}

/** Copies QEMU, its libraries, its loader and its firmware from the tree into `folder`. */
export async function buildQemu(tree: string, folder: string): Promise<void> {
  for (const name of ["lib", "share"]) await mkdir(join(folder, name));
  const program = "usr/bin/qemu-system-x86_64";
  await copyFile(join(tree, program), join(folder, "qemu-system-x86_64"));
  await copyFile(join(tree, "usr/lib/x86_64-linux-gnu", loader), join(folder, loader));
  for (const [name, path] of await librariesOf(tree, program))
    await copyFile(await realpath(path), join(folder, "lib", name));
  for (const file of firmware)
    await copyFile(await realpath(join(tree, "usr/share", file)), join(folder, "share", file.replace(/.*\//, "")));
}

/** How to run the QEMU that `buildQemu` put into `folder`. */
export function qemuRuntime(folder: string): QemuRuntime {
  return {
    command: join(folder, loader),
    args: ["--library-path", join(folder, "lib"), join(folder, "qemu-system-x86_64"), "-L", join(folder, "share")],
    // A folder that is not there, so that modules of another QEMU on this machine are never loaded.
    env: { QEMU_MODULE_DIR: join(folder, "modules") },
  };
}
