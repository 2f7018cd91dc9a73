import { execa } from "execa";
import { LabError } from "../lib/errors.ts";

/** Debian packages with the tools that building the guest image needs on this machine. */
export const guestImagePackages: string[] = ["mmdebstrap", "lz4", "xz-utils", "cpio", "tar"];

/** Debian packages with the tools that building all images and running the servers need on this machine. */
export const emulatorPackages: string[] = [
  ...guestImagePackages,
  ...["e2fsprogs", "openssh-client", "util-linux"],
  // They compile the plugin for the servers' QEMU (emulator/virtual-time).
  ...["gcc", "libc6-dev"],
];

/** @throws LabError unless this process is root: a root file system with its owners and device nodes is made. */
export function requireRoot(): void {
  if (process.getuid?.() !== 0)
    throw new LabError(
      "building the images of the emulated servers makes a root file system, which takes root: run this command as root. Real servers need the guest image only, which any user can build: ./lab images --guest",
    );
}

/**
 * Runs a program and gives its stdout.
 * @throws LabError with the end of what it wrote when it fails, or when it is not installed.
 */
export async function runTool(
  file: string,
  args: string[],
  options: { cwd?: string; input?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const result = await execa(file, args, { ...options, reject: false, stripFinalNewline: false });
  if (result.exitCode === 0) return result.stdout;
  if (result.code === "ENOENT")
    throw new LabError(`${file} is not installed; apt-get install ${emulatorPackages.join(" ")}`);
  const lastLines = `${result.stdout}${result.stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new LabError(
    `${file} ${args.slice(0, 3).join(" ")} … failed (${result.shortMessage?.split("\n")[0]})\n${lastLines}`,
  );
}
