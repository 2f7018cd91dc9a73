import { lutimes, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "../machine.ts";
import { copyBusybox } from "./closure.ts";

/** Fills `<root>/bin` with busybox, by links made here so that no init has to make them at each boot. */
export async function addBusybox(tree: string, root: string): Promise<void> {
  for (const command of await copyBusybox(tree, root)) await symlink("busybox", join(root, "bin", command));
}

/**
 * Packs `root` as an initramfs: a newc cpio archive in lz4's legacy frames, which are those the kernel reads.
 * Equal content gives equal bytes: names sorted, owner 0:0, times 0, inode numbers renumbered.
 */
export async function packInitrd(root: string, file: string): Promise<void> {
  const names = (await readdir(root, { recursive: true })).sort();
  for (const name of names) await lutimes(join(root, name), 0, 0);
  const archive = `${file}.cpio`;
  await runTool(
    "cpio",
    ["--create", "--null", "--format=newc", "--owner=0:0", "--reproducible", "--quiet", `--file=${archive}`],
    { cwd: root, input: names.map((name) => `${name}\0`).join("") },
  );
  await runTool("lz4", ["-l", "-9", "-q", "-f", archive, file]);
  await rm(archive);
}
