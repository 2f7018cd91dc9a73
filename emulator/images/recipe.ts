import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { canonicalJson, sha256 } from "../../lib/canonical.ts";

/** The Debian release everything is made from. */
export const suite = "trixie";

/** What the servers' Debian tree holds: the outer QEMU and the servers' system. */
export const serverPackages: string[] = [
  "linux-image-amd64",
  "systemd-sysv",
  "udev",
  "kmod",
  "openssh-server",
  "netcat-openbsd",
  "libvirt-daemon-system",
  "libvirt-daemon-driver-qemu",
  "libvirt-clients",
  "qemu-system-x86",
  "qemu-utils",
  "iproute2",
  "iputils-ping",
  "ethtool",
  "pciutils",
  "procps",
  "tcpdump",
  "sysstat",
  "busybox-static",
];

/** What the guests' Debian tree holds: what their initramfs is made of, and depmod. */
export const guestPackages: string[] = [
  "linux-image-amd64",
  "kmod",
  "iputils-ping",
  "ethtool",
  "qemu-guest-agent",
  "busybox-static",
  "netperf",
  "iperf",
  "stress-ng",
];

/** The things that are built, each in a folder `<cache>/images/<name>-<key>`. */
export type ImageName = "tree" | "guest-tree" | "qemu" | "server" | "guest";

const imagesFolder = import.meta.dirname;

// Whatever shapes an image is listed here, the code that builds it too: editing any of it makes a new key.
const sources: Record<ImageName, string[]> = {
  tree: ["tree.ts"],
  "guest-tree": ["tree.ts"],
  qemu: ["qemu.ts", "closure.ts"],
  server: ["server.ts", "server-init", "server-root", "closure.ts", "initrd.ts"],
  guest: ["guest.ts", "guest-init", "closure.ts", "initrd.ts", "kernel.ts"],
};

function textOf(path: string): string {
  if (!statSync(path).isDirectory()) return readFileSync(path, "utf8");
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => `${relative(path, file)}\n${readFileSync(file, "utf8")}`)
    .join("\n");
}

/** The content key of every image: the hash of all that it is built from, 16 hexadecimal digits. */
export function imageKeys(): Record<ImageName, string> {
  const keyOf = (name: ImageName, from: unknown) =>
    sha256(canonicalJson({ from, sources: sources[name].map((file) => textOf(join(imagesFolder, file))) })).slice(
      0,
      16,
    );
  const tree = keyOf("tree", { suite, serverPackages });
  const guestTree = keyOf("guest-tree", { suite, guestPackages });
  const guest = keyOf("guest", guestTree);
  return {
    tree,
    "guest-tree": guestTree,
    qemu: keyOf("qemu", tree),
    server: keyOf("server", { tree, guest }),
    guest,
  };
}

/** The file with what libvirt in a server image found out about its QEMU, beside the image. */
export const libvirtCacheName = (serverKey: string) => `libvirt-${serverKey}.tar`;
