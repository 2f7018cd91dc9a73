import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { LabError, messageOf } from "../../lib/errors.ts";
import type { QemuRuntime } from "../images/qemu.ts";
import type { Settings } from "./settings.ts";

/** What executes a server's instructions: QEMU itself, or this machine's CPU. */
export type Accelerator = "tcg" | "kvm";

/** The arguments of QEMU that decide it; the IOMMU that servers have needs KVM's interrupt controller split. */
export const acceleratorArguments: Record<Accelerator, { machine: string; cpu: string }> = {
  tcg: { machine: "q35,sata=off,smbus=off", cpu: "max,la57=off" },
  kvm: { machine: "q35,sata=off,smbus=off,kernel-irqchip=split", cpu: "host,migratable=off" },
};

/** What a machine says of its hardware virtualisation. */
interface Machine {
  /** Flags of the first CPU in proc_cpuinfo(5). */
  flags: readonly string[];
  hasDevice: boolean;
  /** Parameter `nested` of the KVM module that is loaded, if one is. */
  nested: string | undefined;
}

/** @param root of the machine's file system */
export function readMachine(root = "/"): Machine {
  const text = (path: string) => {
    const file = join(root, path);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  const nested = ["kvm_intel", "kvm_amd"].map((module) => text(`sys/module/${module}/parameters/nested`)?.trim());
  return {
    flags:
      /^flags\s*:(.*)$/m
        .exec(text("proc/cpuinfo") ?? "")?.[1]
        ?.trim()
        .split(/\s+/) ?? [],
    hasDevice: existsSync(join(root, "dev/kvm")),
    nested: nested.find((value) => value !== undefined),
  };
}

/** Why servers that run guests of their own cannot run on that machine's CPU; undefined: nothing speaks against it. */
export function whyNotKvm({ flags, hasDevice, nested }: Machine): string | undefined {
  if (!flags.includes("vmx") && !flags.includes("svm")) return "its CPU has no hardware virtualisation (vmx, svm)";
  if (!hasDevice) return "there is no /dev/kvm";
  if (nested === undefined) return "neither kvm_intel nor kvm_amd is loaded";
  if (!["1", "Y", "y"].includes(nested))
    return "nested virtualisation is off (parameter nested of kvm_intel or kvm_amd)";
  return undefined;
}

/** A disk of 1 MiB whose boot sector writes 0x10 to port 0xf4, where QEMU's isa-debug-exit listens, and halts. */
const bootDisk = () => {
  const disk = Buffer.alloc(2 ** 20);
  disk.set([0xb0, 0x10, 0xe6, 0xf4, 0xfa, 0xf4]);
  disk.set([0x55, 0xaa], 510);
  return disk;
};

/** QEMU's exit status when isa-debug-exit was given 0x10. */
const guestRan = (0x10 << 1) | 1;

/**
 * Has QEMU run a guest of a few instructions: /dev/kvm opens on machines where none runs.
 * @returns why that failed, or undefined
 */
export async function whyNoGuestRuns(
  { command, args, env }: QemuRuntime,
  accelerator: Accelerator,
  limitMs = 30_000,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "lab-guest-"));
  try {
    await writeFile(join(folder, "disk"), bootDisk());
    const { machine, cpu } = acceleratorArguments[accelerator];
    const result = await execa(
      command,
      [
        ...args,
        ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-m", "64"],
        ...["-machine", machine.replace(",sata=off", ""), "-accel", accelerator, "-cpu", cpu],
        ...["-device", "isa-debug-exit,iobase=0xf4"],
        ...["-drive", "file=disk,format=raw,if=ide"],
      ],
      { cwd: folder, env, reject: false, all: true, timeout: limitMs, forceKillAfterDelay: 1000 },
    );
    if (result.exitCode === guestRan) return undefined;
    if (result.timedOut) return `a guest did not run within ${limitMs / 1000} s`;
    return `QEMU runs no guest: ${(result.all ?? "").trim().split("\n")[0] || result.shortMessage}`;
  } catch (error) {
    return messageOf(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The settings with `auto` decided: KVM where this machine has what it takes and a guest runs, and where time is not virtual.
 * @throws LabError (exit code 2) when KVM is asked for and cannot be had
 */
export async function withAccelerator(settings: Settings, qemu: QemuRuntime, root = "/"): Promise<Settings> {
  if (settings.accelerator === "tcg") return settings;
  if (settings.accelerator === "auto" && settings.time === "virtual") return { ...settings, accelerator: "tcg" };
  const why = whyNotKvm(readMachine(root)) ?? (await whyNoGuestRuns(qemu, "kvm"));
  if (why === undefined) return { ...settings, accelerator: "kvm" };
  if (settings.accelerator === "auto") return { ...settings, accelerator: "tcg" };
  throw new LabError(
    `the emulated servers: accelerator is kvm, and this machine cannot: ${why}; allowed: tcg, or auto`,
    {
      exitCode: 2,
    },
  );
}
