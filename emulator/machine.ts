import { execa } from "execa";
import { LabError } from "../lib/errors.ts";

/** Debian packages with the tools that building the images and running the servers need on this machine. */
export const emulatorPackages: string[] = [
  "mmdebstrap",
  "e2fsprogs",
  "lz4",
  "xz-utils",
  "cpio",
  "tar",
  "openssh-client",
  "util-linux",
];

/** @throws LabError unless this process is root: a root file system with its owners and device nodes is made. */
export function requireRoot(): void {
  if (process.getuid?.() !== 0)
    throw new LabError(
      "building the images makes a root file system, which needs root: run it as root (sudo ./lab images)",
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
  const said = `${result.stdout}${result.stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new LabError(
    `${file} ${args.slice(0, 3).join(" ")} … failed (${result.shortMessage?.split("\n")[0]})\n${said}`,
  );
}
