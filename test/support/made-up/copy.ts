import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

function copyTree(from: string, to: string, path = ""): void {
  for (const name of readdirSync(join(from, path))) {
    const [below, copy] = [join(from, path, name), join(to, path, name)];
    const kind = lstatSync(below);
    if (kind.isSymbolicLink()) symlinkSync(readlinkSync(below).replaceAll(from, to), copy);
    else if (kind.isDirectory()) {
      mkdirSync(copy, { recursive: true });
      chmodSync(copy, kind.mode);
      copyTree(from, to, join(path, name));
    } else writeFileSync(copy, readFileSync(below, "utf8").replaceAll(from, to), { mode: kind.mode });
  }
}

/** The inodes of a port's device and of its VFs, as scripts write them down (infra/scripts/proof.sh). */
function inodesOf(root: string, port: string): { device: number; vfs: string } {
  const device = join(root, "sys/class/net", port, "device");
  const vfs = readdirSync(device).filter((name) => name.startsWith("virtfn"));
  return {
    device: statSync(device).ino,
    vfs: vfs
      .sort()
      .map((name) => ` ${statSync(join(device, name)).ino}`)
      .join(""),
  };
}

/** The folders in which scripts write down which port and VFs they have made, by inodes. */
const records = ["run/sriov-rtt", "var/lib/sriov-rtt/before"];

/**
 * Makes the folder of a made-up server once more: links and files name the new root, and what scripts have written down of
 * devices is true of the new ones, which have other inodes.
 */
export function copyOfRoot(from: string, to: string): void {
  copyTree(from, to);
  for (const port of readdirSync(join(from, "sys/class/net"))) {
    if (!existsSync(join(from, "sys/class/net", port, "device/sriov_numvfs"))) continue;
    const [old, now] = [inodesOf(from, port), inodesOf(to, port)];
    for (const folder of records.map((each) => join(to, each)).filter((each) => existsSync(each)))
      for (const name of readdirSync(folder).filter((each) => /^(nic|made)-/.test(each))) {
        const text = readFileSync(join(folder, name), "utf8")
          .replace(new RegExp(` ${old.device}${old.vfs}$`, "gm"), ` ${now.device}${now.vfs}`)
          .replace(new RegExp(`^${old.vfs.trim()}$`, "gm"), now.vfs.trim());
        writeFileSync(join(folder, name), text);
      }
  }
}
