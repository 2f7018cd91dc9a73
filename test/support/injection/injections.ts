import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { QemuRuntime } from "../../../emulator/images/qemu.ts";

/** How QEMU runs the machine: on the wall clock, or counting instructions, with a timer every so many microseconds of them. */
export type Mode = { timerUs: number } | "counting" | "wall";

/** Interrupts that a machine injected into a guest of its own, how often the guest came back, and how often it got one. */
export interface Injections {
  injected: number;
  exits: number;
  delivered: number;
}

const compilerOptions = [
  ...["-m32", "-O1", "-ffreestanding", "-nostdlib", "-static", "-fno-pic", "-fno-stack-protector"],
  ...["-fcf-protection=none", "-fno-asynchronous-unwind-tables", "-Wall", "-Wextra", "-Werror"],
  ...["-Wl,-Ttext=0x100000,--build-id=none,-e,0x100000"],
];

function modeArguments(mode: Mode): string[] {
  if (mode === "wall") return ["-accel", "tcg,thread=multi"];
  const counting = ["-accel", "tcg,thread=single", "-icount", "shift=0"];
  if (mode === "counting") return counting;
  // Of the filter nothing but its timer is wanted.
  const filter = `filter-buffer,id=timer,netdev=idle,interval=${mode.timerUs}`;
  return [...counting, "-netdev", "hubport,id=idle,hubid=0", "-object", filter];
}

/**
 * Has QEMU run a machine (injection.c) that injects interrupts into a guest of its own.
 * @param plugin of emulator/virtual-time, for its cure; without it QEMU is as it is
 */
export async function injections(qemu: QemuRuntime, mode: Mode, plugin?: string): Promise<Injections> {
  const folder = await mkdtemp(join(tmpdir(), "lab-injection-"));
  try {
    await execa("gcc", [...compilerOptions, "-o", "machine", join(import.meta.dirname, "injection.c")], {
      cwd: folder,
    });
    await execa(
      qemu.command,
      [
        ...qemu.args,
        ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-m", "64"],
        ...["-machine", "q35,smbus=off", "-cpu", "max,la57=off", "-kernel", "machine"],
        ...["-device", "isa-debug-exit,iobase=0xf4", "-debugcon", "file:counts"],
        ...modeArguments(mode),
        ...(plugin === undefined ? [] : ["-plugin", plugin.replaceAll(",", ",,")]),
      ],
      // It ends with the status 1 that isa-debug-exit makes of 0.
      { cwd: folder, env: qemu.env, reject: false, timeout: 120_000 },
    );
    const counts = await readFile(join(folder, "counts"), "utf8");
    const [, injected, exits, delivered] = /^injected=(\d+) exits=(\d+) delivered=(\d+)$/m.exec(counts) ?? [];
    if (delivered === undefined) throw new Error(`the machine did not come to its end: ${counts}`);
    return { injected: Number(injected), exits: Number(exits), delivered: Number(delivered) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
