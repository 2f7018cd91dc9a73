import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { guestManifestName, guestManifestSchema } from "../../lib/guest-manifest.ts";
import { imageFilesIn, preparedImagesFolder } from "../../lib/server-paths.ts";
import { runTool } from "../machine.ts";
import { copyModules, kernelRelease, runTreeProgram } from "./closure.ts";
import { addBusybox, packInitrd } from "./initrd.ts";

/** The files of a server image. */
export const serverFiles = { root: "root.ext4", kernel: "vmlinuz", initrd: "initrd" };

const imagesFolder = import.meta.dirname;

// What the init of the initramfs loads before it can mount the root and read the server's identity.
const bootModules = ["virtio_blk", "crc32c_generic", "ext4", "virtio_net", "qemu_fw_cfg"];

// Units that cost boot time or CPU time during a measurement and that nobody needs on a server which lives for hours.
const masked = [
  "apt-daily-upgrade.timer",
  "apt-daily.timer",
  "dbus.service",
  "dbus.socket",
  "dev-mqueue.mount",
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "e2scrub_reap.service",
  "fstrim.timer",
  "getty@tty1.service",
  "kmod-static-nodes.service",
  "ldconfig.service",
  "libvirt-guests.service",
  "logrotate.timer",
  "machines.target",
  "proc-sys-fs-binfmt_misc.automount",
  "serial-getty@ttyS0.service",
  "sshd-keygen.service",
  "sys-fs-fuse-connections.mount",
  "sys-kernel-config.mount",
  "sysstat.service",
  "systemd-ask-password-console.path",
  "systemd-ask-password-wall.path",
  "systemd-binfmt.service",
  "systemd-creds.socket",
  "systemd-firstboot.service",
  "systemd-hibernate-clear.service",
  "systemd-hostnamed.socket",
  "systemd-hwdb-update.service",
  "systemd-importd.socket",
  "systemd-initctl.socket",
  "systemd-journal-catalog-update.service",
  "systemd-journal-flush.service",
  "systemd-logind.service",
  "systemd-machine-id-commit.service",
  "systemd-machined.service",
  "systemd-pcrextend.socket",
  "systemd-pcrlock.socket",
  "systemd-pstore.service",
  "systemd-random-seed.service",
  "systemd-remount-fs.service",
  "systemd-sysext.socket",
  "systemd-sysusers.service",
  "systemd-tmpfiles-clean.timer",
  "systemd-tmpfiles-setup-dev-early.service",
  "systemd-udev-load-credentials.service",
  "systemd-update-done.service",
  "systemd-user-sessions.service",
  "virtlogd-admin.socket",
];

// What udev has to know of the devices that there are. Each rule is looked at for each device, of which ports and VFs make many.
const udevRules = [
  "50-udev-default.rules",
  "75-net-description.rules",
  "80-drivers.rules",
  "80-net-setup-link.rules",
  "99-systemd.rules",
];

// Kernel drivers that no server here can have: left out, they need not be looked through at boot.
const droppedModules = [
  "drivers/gpu",
  "drivers/media",
  "drivers/infiniband",
  "drivers/staging",
  "drivers/usb",
  "sound",
];

async function expandModules(tree: string): Promise<void> {
  const release = await kernelRelease(tree);
  const folder = join(tree, "usr/lib/modules", release);
  for (const name of droppedModules) await rm(join(folder, "kernel", name), { recursive: true, force: true });
  // Unpacking xz is slow on an emulated CPU: done once here, not at each boot.
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ko.xz"));
  await runTool("xargs", ["--null", "--max-args=200", "--max-procs=2", "xz", "--decompress"], {
    cwd: folder,
    input: files.map((name) => `${name}\0`).join(""),
  });
  await runTreeProgram(tree, "usr/sbin/depmod", ["--basedir", tree, release]);
}

async function configure(tree: string): Promise<void> {
  await cp(join(imagesFolder, "server-root"), tree, { recursive: true });
  const generators = "systemd/system-generators";
  await mkdir(join(tree, "etc", generators), { recursive: true });
  await mkdir(join(tree, "etc/udev/rules.d"), { recursive: true });
  const otherRules = (await readdir(join(tree, "usr/lib/udev/rules.d"))).filter((name) => !udevRules.includes(name));
  const nothing = [
    ...masked.map((unit) => join("etc/systemd/system", unit)),
    ...otherRules.map((name) => join("etc/udev/rules.d", name)),
    // They would find out, at each boot, what is known here: there is nothing for them to generate.
    ...(await readdir(join(tree, "usr/lib", generators))).map((name) => join("etc", generators, name)),
  ];
  for (const name of nothing) {
    await rm(join(tree, name), { force: true });
    await symlink("/dev/null", join(tree, name));
  }
  const wants = join(tree, "etc/systemd/system/multi-user.target.wants");
  await mkdir(wants, { recursive: true });
  await symlink("/etc/systemd/system/lab-ready.service", join(wants, "lab-ready.service"));
  await mkdir(join(tree, "var/lib/libvirt/images"), { recursive: true });
  // libvirt probes every emulator it finds before it starts the first guest; no guest here is a 32-bit one.
  await rm(join(tree, "usr/bin/qemu-system-i386"), { force: true });
  for (const name of await readdir(join(tree, "etc/ssh")))
    if (name.startsWith("ssh_host_")) await rm(join(tree, "etc/ssh", name));
}

/** Puts the guest image where deployments look for what a server was prepared with: bringing it takes most of a minute here. */
async function prepareGuestImage(tree: string, guest: string): Promise<void> {
  const text = await readFile(join(guest, guestManifestName), "utf8");
  const { sha256, kernel, initrd, loadInitrd } = guestManifestSchema.parse(JSON.parse(text));
  const folder = join(tree, preparedImagesFolder, sha256);
  await mkdir(folder, { recursive: true });
  const files = imageFilesIn(folder);
  await copyFile(join(guest, kernel.file), files.kernel);
  await copyFile(join(guest, initrd.file), files.initrd);
  await copyFile(join(guest, loadInitrd.file), files.loadInitrd);
}

/**
 * Turns the tree into the image of a server: root file system, kernel, initramfs. Keys and names are not in it: the
 * init of the initramfs takes them from the machine at each boot.
 */
export async function buildServer(tree: string, folder: string, guest: string): Promise<void> {
  const root = await mkdtemp(join(folder, "initrd-"));
  for (const name of ["dev", "proc", "sys", "root"]) await mkdir(join(root, name));
  await copyModules(tree, bootModules, root);
  await addBusybox(tree, root);
  await writeFile(join(root, "init"), await readFile(join(imagesFolder, "server-init")), { mode: 0o755 });
  await packInitrd(root, join(folder, serverFiles.initrd));
  await rm(root, { recursive: true });

  const release = await kernelRelease(tree);
  await copyFile(join(tree, "boot", `vmlinuz-${release}`), join(folder, serverFiles.kernel));
  await rm(join(tree, "boot"), { recursive: true });
  await mkdir(join(tree, "boot"));
  await expandModules(tree);
  await configure(tree);
  await prepareGuestImage(tree, guest);
  const image = join(folder, serverFiles.root);
  await runTool("truncate", ["--size=6G", image]);
  // No journal and no checksums, because every boot starts from this image and keeps nothing; no lazy initialisation,
  // because that would go on in the background of the first measurements.
  await runTool("mke2fs", [
    ...["-q", "-F", "-t", "ext4", "-L", "server", "-m", "0", "-N", "65536", "-O", "^has_journal,^metadata_csum"],
    ...["-E", "lazy_itable_init=0,nodiscard", "-d", tree, image],
  ]);
}
