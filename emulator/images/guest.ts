import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, sha256, sha256File } from "../../lib/canonical.ts";
import { type GuestManifest, guestManifestName } from "../../lib/guest-manifest.ts";
import { copyModules, copyPrograms, kernelRelease, pciAliases, runTreeProgram } from "./closure.ts";
import { addBusybox, packInitrd } from "./initrd.ts";
import { unpackedKernel } from "./kernel.ts";
import { versionsFile } from "./tree.ts";

/** The manifest of a guest image that is built here. */
interface BuiltGuestManifest extends GuestManifest {
  /** Debian versions of the programs inside, by program. */
  versions: Record<string, string>;
}

const vfModules = ["igbvf", "ixgbevf", "iavf"];
const networkModules = ["virtio_net", "e1000", ...vfModules];
const programs = ["usr/bin/ping", "usr/sbin/ethtool", "usr/sbin/qemu-ga", "usr/bin/netperf", "usr/bin/netserver"];
const loadPrograms = ["usr/bin/iperf", "usr/bin/stress-ng"];

const packageOf: Record<string, string> = {
  linux: "linux-image-amd64",
  busybox: "busybox-static",
  ping: "iputils-ping",
  ethtool: "ethtool",
  "qemu-ga": "qemu-guest-agent",
  netperf: "netperf",
  iperf: "iperf",
  "stress-ng": "stress-ng",
};

/** Package versions by package name, from lines "NAME VERSION". */
export const parseVersions = (text: string): Map<string, string> =>
  new Map(
    text.split("\n").flatMap((line) => {
      const [name, version] = line.split(" ");
      return name && version ? [[name, version]] : [];
    }),
  );

async function makeRoot(tree: string, root: string): Promise<void> {
  for (const name of ["dev", "proc", "sys", "run", "tmp", "root", "etc"])
    await mkdir(join(root, name), { recursive: true });
  await copyPrograms(tree, programs, root);
  await copyModules(tree, networkModules, root);
  const aliases = await readFile(join(tree, "usr/lib/modules", await kernelRelease(tree), "modules.alias"), "utf8");
  await writeFile(join(root, "modules/vf.alias"), `${pciAliases(aliases, vfModules).join("\n")}\n`);
  await writeFile(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  await writeFile(join(root, "etc/group"), "root:x:0:\n");
  await writeFile(join(root, "init"), await readFile(join(import.meta.dirname, "guest-init")), { mode: 0o755 });
}

/** Builds the guest image, kernel and both initramfs with their manifest, from the guests' tree into `folder`. */
export async function buildGuest(tree: string, folder: string): Promise<void> {
  const release = await kernelRelease(tree);
  // The kernel's package would have had this done when it was installed.
  await runTreeProgram(tree, "usr/sbin/depmod", ["--basedir", tree, "--moduledir", "/usr/lib/modules", release]);
  await writeFile(join(folder, "vmlinux"), await unpackedKernel(tree, release));

  const root = await mkdtemp(join(folder, "root-"));
  const loadRoot = `${root}-load`;
  await makeRoot(tree, root);
  await cp(root, loadRoot, { recursive: true });
  await copyPrograms(tree, loadPrograms, loadRoot);
  for (const each of [root, loadRoot]) await addBusybox(tree, each);
  await packInitrd(root, join(folder, "initrd"));
  await packInitrd(loadRoot, join(folder, "initrd-load"));
  for (const each of [root, loadRoot]) await rm(each, { recursive: true });

  const file = async (name: string) => ({ file: name, sha256: await sha256File(join(folder, name)) });
  const [kernel, initrd, loadInitrd] = [await file("vmlinux"), await file("initrd"), await file("initrd-load")];
  const installed = parseVersions(await readFile(join(tree, versionsFile), "utf8"));
  const manifest: BuiltGuestManifest = {
    schemaVersion: 1,
    sha256: sha256(canonicalJson([kernel.sha256, initrd.sha256, loadInitrd.sha256])),
    kernel: { ...kernel, release },
    initrd,
    loadInitrd,
    versions: Object.fromEntries(
      Object.entries(packageOf).map(([program, name]) => [program, installed.get(name) ?? "unknown"]),
    ),
  };
  await writeFile(join(folder, guestManifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}
