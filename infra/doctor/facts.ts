import type { BridgedFrames } from "../../lib/bridged-frames.ts";
import type { Distribution } from "../../lib/distributions.ts";
import type { NicLimits } from "../plan/nic-limits.ts";

/** Facts of a physical function. */
export interface ExaminedPf {
  /** PCI address; undefined for an interface that is no device of its own (a bridge, a VLAN). */
  pci: string | undefined;
  driver: string | undefined;
  driverVersion: string | undefined;
  firmware: string | undefined;
  /** Whether its interface is up, as the administrator wants it. */
  up: boolean;
  /** Whether it has a link; undefined while the interface is down. */
  carrier: boolean | undefined;
  /** Mbit/s; undefined when the link does not say. */
  speedMbps: number | undefined;
  /** Virtual functions that it can have (sriov_totalvfs) and has; undefined for a card or a driver without SR-IOV. */
  totalVfs: number | undefined;
  vfs: number | undefined;
  /** "VENDOR:DEVICE" of its virtual functions, hexadecimal. */
  vfDevice: string | undefined;
  /** Kernel modules of the server that drive such a virtual function. */
  vfModules: readonly string[];
}

export type ModuleState = "loaded" | "loadable" | "absent";

/** What a server is and has, as it says itself (facts.sh). */
export interface Facts {
  user: { id: number; name: string };
  /** As uname -m says. */
  machine: string;
  kernel: string;
  /** Whether the modules of the running kernel are on disk; they are not after an upgrade without a reboot. */
  kernelModulesThere: boolean;
  distribution: Distribution;
  kernelWords: readonly string[];
  cpu: { vendor: "intel" | "amd" | "other"; virtualises: boolean; count: number };
  memory: { totalMiB: number; availableMiB: number };
  hugepages: { total: number; free: number; sizeKiB: number };
  /** Whether /dev/kvm is there. */
  kvm: boolean;
  /** Versions; undefined for what does not answer, and then `said` is why. */
  libvirt: { daemon: string | undefined; qemu: string | undefined; said: string };
  /** systemd's units of libvirt's daemons and their state, e.g. "enabled"; none where systemd does not say. */
  libvirtUnits: ReadonlyMap<string, string>;
  /** Machines that libvirt's QEMU can be, and devices that it can emulate; undefined where libvirt or QEMU did not say. */
  machines: ReadonlySet<string> | undefined;
  devices: ReadonlySet<string> | undefined;
  selinux: "enforcing" | "permissive" | "off";
  iommuGroups: number;
  clock: { source: string; available: readonly string[] };
  time: { synchronised: boolean; daemons: readonly string[] };
  /** CPU frequency governors in use; none where the frequency is not in the kernel's hands. */
  governors: readonly string[];
  /** Network interfaces. */
  interfaces: readonly string[];
  /** What its packet filter does to frames of the testbed's bridge. */
  bridgedFrames: BridgedFrames;
  /** What limits the use of each PF's VFs, by its interface; one without SR-IOV has none. */
  nicLimits: ReadonlyMap<string, NicLimits>;
  /** Those of the tools it was asked for that are on its PATH. */
  tools: ReadonlySet<string>;
  /** By package. */
  versions: ReadonlyMap<string, string>;
  modules: ReadonlyMap<string, ModuleState>;
  /** By name of the interface; one that is not there has none. */
  pfs: ReadonlyMap<string, ExaminedPf>;
}
