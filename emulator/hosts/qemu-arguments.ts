import { otherRole, type Role, roles } from "../../lib/roles.ts";
import { acceleratorArguments } from "./accelerator.ts";
import type { Settings } from "./settings.ts";

/** What QEMU of one server is started with, besides the settings. Relative paths are relative to the servers' folder. */
export interface ServerMachine {
  name: Role;
  port: number;
  settings: Settings;
  image: { root: string; kernel: string; initrd: string };
  /** Files that become the server's identity at boot. */
  hostKeyFile: string;
  authorizedKeyFile: string;
  generation: string;
  /** What libvirt of an earlier boot found out about QEMU, a tar archive; without it, that is found out again. */
  libvirtCacheFile: string | undefined;
  /** The plugin of emulator/virtual-time for this QEMU; without it there is no virtual time, and no cure. */
  pluginFile: string | undefined;
}

const kernelParameters = ({ accelerator, time }: Settings) => [
  ...["console=ttyS0", "quiet", "panic=-1", "intel_iommu=on", "iommu=pt"],
  // Less work and less noise on an emulated CPU.
  ...["mitigations=off", "nokaslr", "audit=0", "nowatchdog", "cryptomgr.notests", "random.trust_cpu=on"],
  "rcupdate.rcu_expedited=1",
  // On a busy machine the emulated timer ticks late, and a kernel that checks it at boot panics.
  "no_timer_check",
  // The emulated time stamp counter is steady; the kernel cannot find that out by itself.
  ...(accelerator === "kvm" ? [] : ["tsc=reliable"]),
  "systemd.show_status=false",
  // A halted guest is not polled for: under virtual time that would be work, and a server that works is never idle.
  ...(time === "virtual" ? ["kvm.halt_poll_ns=0"] : []),
];

/** A path inside a list of QEMU options, where a comma would end it. */
const path = (file: string) => file.replaceAll(",", ",,");

/** "00112233…" as a UUID's text. */
const uuidOf = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");

/** A port of the SR-IOV network card, wired to the same port of the other server by a pair of datagram sockets. */
function portArguments(name: Role, port: number): string[] {
  const number = roles.indexOf(name) + 1;
  const wire = port === 0 ? "wire" : `wire${port}`;
  const socket = (server: Role) => `${server}/${wire}.sock`;
  const slot = port + 1;
  return [
    "-netdev",
    `dgram,id=${wire},local.type=unix,local.path=${socket(name)},remote.type=unix,remote.path=${socket(otherRole[name])}`,
    ...["-device", `pcie-root-port,id=slot${slot},chassis=${slot},slot=${slot}`],
    ...["-device", `igb,bus=slot${slot},netdev=${wire},mac=52:54:00:10:0${port}:0${number},romfile=`],
  ];
}

/** Where the two servers' plugins share memory, and where a server's plugin is told to step (plugin/control.h). */
export const stepFiles = {
  shared: "step.memory",
  control: (name: Role) => `${name}/step.sock`,
};

/** How QEMU executes: by this machine's CPU; in wall time, a host thread for each CPU; in virtual time, one thread that counts instructions. */
function timeArguments({ name, settings, pluginFile }: ServerMachine): string[] {
  const plugin = (options: string) => (pluginFile ? ["-plugin", `${path(pluginFile)}${options}`] : []);
  const accelerator = (thread: string) => ["-accel", `tcg,thread=${thread},tb-size=${settings.tbSizeMiB}`];
  // What the plugin works on is QEMU's emulation.
  if (settings.accelerator === "kvm") return ["-accel", "kvm"];
  if (settings.time === "wall") return [...accelerator("multi"), ...plugin("")];
  const side = `side=${roles.indexOf(name)}`;
  return [
    ...accelerator("single"),
    ...["-icount", `shift=${Math.log2(settings.nsPerInstruction)},sleep=off`],
    ...["-rtc", "clock=vm"],
    ...plugin(`,shared=${stepFiles.shared},${side},control=${stepFiles.control(name)},wires=${settings.ports}`),
  ];
}

/**
 * QEMU's arguments for a server: a q35 machine with a vIOMMU, SR-IOV network cards (igb), and a management card that only forwards ssh from 127.0.0.1. The disk is a snapshot: QEMU keeps
 * what is written in an unlinked file, which is gone with the process.
 */
export function qemuArguments(machine: ServerMachine): string[] {
  const { name, settings, image } = machine;
  const number = roles.indexOf(name) + 1;
  const identity = (key: string, value: string) => ["-fw_cfg", `name=opt/lab/${key},${value}`];
  const accelerated = acceleratorArguments[settings.accelerator === "kvm" ? "kvm" : "tcg"];
  return [
    ...["-name", `lab-${name}`, "-uuid", uuidOf(machine.generation)],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-machine", accelerated.machine, ...timeArguments(machine), "-cpu", accelerated.cpu],
    ...["-smp", String(settings.cpus), "-m", String(settings.memoryMiB)],
    ...["-device", "intel-iommu,intremap=on,caching-mode=on"],
    ...["-kernel", image.kernel, "-initrd", image.initrd],
    ...["-append", kernelParameters(settings).join(" ")],
    ...["-drive", `if=none,id=root,file=${path(image.root)},format=raw,snapshot=on,cache=unsafe,aio=threads`],
    ...["-device", "virtio-blk-pci,drive=root"],
    ...["-netdev", `user,id=management,restrict=on,hostfwd=tcp:127.0.0.1:${machine.port}-:22`],
    ...["-device", `virtio-net-pci,netdev=management,mac=52:54:00:00:00:0${number},romfile=`],
    ...Array.from({ length: settings.ports }, (_, port) => portArguments(name, port)).flat(),
    ...["-device", "virtio-rng-pci"],
    ...identity("name", `string=${name}`),
    ...identity("generation", `string=${machine.generation}`),
    ...identity("host-key", `file=${path(machine.hostKeyFile)}`),
    ...identity("authorized-key", `file=${path(machine.authorizedKeyFile)}`),
    ...(machine.libvirtCacheFile ? identity("libvirt-cache", `file=${path(machine.libvirtCacheFile)}`) : []),
    ...["-serial", `file:${name}/console.log`],
  ];
}
