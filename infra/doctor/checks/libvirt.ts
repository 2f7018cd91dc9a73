import { mainVmKeys } from "../../../study/terms.ts";
import { lack, missing, ok, type ServerCheck, warning } from "../check.ts";
import type { Facts } from "../facts.ts";
import { giveWords } from "../hosts-source.ts";
import { install } from "../packages.ts";
import { olderThanSupported } from "../versions.ts";

/** Whether a daemon for each driver is used in place of one for all (https://libvirt.org/daemons.html); both may be installed. */
const isModular = ({ libvirtUnits }: Facts) =>
  libvirtUnits.get("virtqemud.socket") === "enabled" ||
  (libvirtUnits.has("virtqemud.socket") && !libvirtUnits.has("libvirtd.socket"));

/**
 * Starts libvirt's daemon, now and at each boot. Of the modular ones QEMU's own is enough: each of our ways to a server goes to its
 * socket where virtproxyd's is not there (infra/gateway/libvirt-channel.ts).
 */
const startDaemon = (facts: Facts) =>
  isModular(facts) ? "systemctl enable --now virtqemud.socket" : "systemctl enable --now libvirtd";

const restartDaemon = (facts: Facts) => `systemctl restart ${isModular(facts) ? "virtqemud" : "libvirtd"}`;

/** The daemon that makes the VMs. */
export const libvirt: ServerCheck = ({ facts }) => {
  const { libvirt, tools } = facts;
  const what = "libvirt";
  if (!tools.has("virsh"))
    return [missing(what, "virsh is not installed", install(facts, "libvirt-daemon-system", "libvirt-clients"))];
  if (libvirt.daemon === undefined)
    return [
      missing(what, `its daemon does not answer: ${libvirt.said || "virsh said nothing for 30 s"}`, startDaemon(facts)),
    ];
  const kind = isModular(facts)
    ? `${libvirt.daemon}, modular daemons (nobody has tried them on a real server)`
    : libvirt.daemon;
  return [olderThanSupported(facts, what, libvirt.daemon, "libvirt-daemon-system") ?? ok(what, kind)];
};

/** The emulator behind libvirt. Without an answer from libvirt nothing is known of it. */
export const qemu: ServerCheck = ({ facts }) => {
  const { libvirt } = facts;
  if (libvirt.daemon === undefined) return [];
  const what = "QEMU";
  if (libvirt.qemu === undefined)
    return [
      missing(
        what,
        `libvirt finds none: ${libvirt.said || "it names no hypervisor"}`,
        `${install(facts, "qemu-system-x86")} && ${restartDaemon(facts)}`,
      ),
    ];
  return [olderThanSupported(facts, what, libvirt.qemu, "qemu-system-x86") ?? ok(what, libvirt.qemu)];
};

/** What the definition of a guest asks of QEMU (infra/vm/domain-xml.ts), which distributions build with less than all. */
export const machine: ServerCheck = ({ role, facts: { machines, devices }, wanted }) => {
  const lacks = [];
  if (machines !== undefined && !machines.has("pc"))
    lacks.push(
      missing(
        "machine of the guests",
        `QEMU offers ${[...machines].join(", ")} and no pc, which all guests are; such a server is not supported`,
        giveWords(role, "address", "a server whose QEMU has it: Debian and Ubuntu do, RHEL 10 does not"),
      ),
    );
  if (devices !== undefined && !devices.has("e1000"))
    lacks.push(
      lack(wanted, (driver) => driver === "e1000-bridge")(
        "device e1000",
        "QEMU is built without it, and e1000-bridge needs it",
        `./lab pulumi config set ${mainVmKeys.driver} virtio-bridge --stack ${wanted?.stack ?? "STACK"}`,
      ),
    );
  return lacks;
};

/** SELinux decides what QEMU may read, and libvirt labels what a definition names, kernel and initramfs included. */
export const selinux: ServerCheck = ({ facts: { selinux } }) =>
  selinux === "off"
    ? []
    : [
        selinux === "permissive"
          ? ok("SELinux", "permissive")
          : warning(
              "SELinux",
              "enforcing: libvirt gives the guests' kernel and initramfs a label that QEMU may read; nobody has tried it with this testbed",
              "ausearch -m avc -ts recent  # says what was denied, when a VM does not start",
            ),
      ];
