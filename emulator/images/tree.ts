import { join } from "node:path";
import { runTool } from "../machine.ts";
import { guestPackages, serverPackages, suite } from "./recipe.ts";

/** A tree as one file, because thousands of small ones could not be published at once and durably. */
export const treeFile = "tree.tar.lz4";

// Nobody reads these in an image that is booted and thrown away.
const excluded = ["man", "doc", "locale", "info", "bash-completion"].map((name) => `path-exclude=/usr/share/${name}/*`);

/** A file of the guests' tree: its packages and their versions, a line each "NAME VERSION". */
export const versionsFile = "versions";

/** Runs mmdebstrap. `LAB_DEBIAN_MIRROR` names another mirror than the one mmdebstrap chooses. */
async function bootstrap(folder: string, packages: readonly string[], options: readonly string[]): Promise<void> {
  const mirror = process.env.LAB_DEBIAN_MIRROR;
  await runTool(
    "mmdebstrap",
    [
      ...options,
      `--include=${packages.join(",")}`,
      '--aptopt=Acquire::Languages "none"',
      '--aptopt=Acquire::Retries "3"',
      suite,
      join(folder, treeFile),
      ...(mirror ? [mirror] : []),
    ],
    { env: { SOURCE_DATE_EPOCH: "1", DEBIAN_FRONTEND: "noninteractive" } },
  );
}

/** Builds the servers' Debian tree, a whole system, into `folder`. It takes root. */
export async function buildServerTree(folder: string): Promise<void> {
  // The servers have an initramfs of their own: the one Debian would make is large and slow to build.
  const noInitramfs =
    'mkdir -p "$1/etc/initramfs-tools" && echo update_initramfs=no >"$1/etc/initramfs-tools/update-initramfs.conf"';
  const dpkgOptions = ["force-unsafe-io", "force-confold", ...excluded].map((option) => `--dpkgopt=${option}`);
  const options = ["--mode=root", "--variant=minbase", ...dpkgOptions, `--essential-hook=${noInitramfs}`];
  await bootstrap(folder, serverPackages, options);
}

/**
 * Builds the guests' Debian tree into `folder`: packages that are unpacked and not installed, so that none of their scripts
 * runs and every user can do it.
 */
export async function buildGuestTree(folder: string): Promise<void> {
  const show = "dpkg-deb --show --showformat='${Package} ${Version}\\n'";
  const listVersions = `for deb in "$1"/var/cache/apt/archives/*.deb; do ${show} "$deb"; done >"$1/${versionsFile}"`;
  // "chrootless" is the mode that takes no root. It warns root of the packages' scripts, of which "extract" runs none.
  const options = ["--mode=chrootless", "--skip=check/chrootless,output/dev", "--variant=extract"];
  await bootstrap(folder, guestPackages, [...options, `--extract-hook=${listVersions}`]);
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
