import { join } from "node:path";
import { runTool } from "../machine.ts";
import { packages, suite } from "./recipe.ts";

/** The tree as one file, because thousands of small ones could not be published at once and durably. */
export const treeFile = "tree.tar.lz4";

// Nobody reads these in an image that is booted and thrown away.
const excluded = ["man", "doc", "locale", "info", "bash-completion"].map((name) => `path-exclude=/usr/share/${name}/*`);

/** Builds the Debian tree into `folder`. `LAB_DEBIAN_MIRROR` names another mirror than the one mmdebstrap chooses. */
export async function buildTree(folder: string): Promise<void> {
  const mirror = process.env.LAB_DEBIAN_MIRROR;
  // The servers have an initramfs of their own: the one Debian would make is large and slow to build.
  const noInitramfs =
    'mkdir -p "$1/etc/initramfs-tools" && echo update_initramfs=no >"$1/etc/initramfs-tools/update-initramfs.conf"';
  await runTool(
    "mmdebstrap",
    [
      "--mode=root",
      "--variant=minbase",
      `--include=${packages.join(",")}`,
      '--aptopt=Acquire::Languages "none"',
      '--aptopt=Acquire::Retries "3"',
      ...["force-unsafe-io", "force-confold", ...excluded].map((option) => `--dpkgopt=${option}`),
      `--essential-hook=${noInitramfs}`,
      suite,
      join(folder, treeFile),
      ...(mirror ? [mirror] : []),
    ],
    { env: { SOURCE_DATE_EPOCH: "1", DEBIAN_FRONTEND: "noninteractive" } },
  );
}

/** Unpacks the tree `archive` into the folder `into`. */
export async function unpackTree(archive: string, into: string): Promise<void> {
  await runTool("tar", [
    "--extract",
    "--use-compress-program=lz4",
    "--numeric-owner",
    `--file=${archive}`,
    `--directory=${into}`,
  ]);
}
