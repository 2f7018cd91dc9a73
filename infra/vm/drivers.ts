import type { Driver } from "../../study/drivers.ts";

export { type Driver, drivers } from "../../study/drivers.ts";

/** What a driver needs of its host and of its guest, and what the host can see of its packets. */
export interface Capability {
  /** The paper's name. */
  paperName: string;
  /** What the VM is attached to: a bridge over the PF, or a VF of its own. */
  attachesTo: "bridge" | "vf";
  /** Kernel module of the guest's network device; "vf" is the VF's own driver. */
  guestModule: "e1000" | "virtio_net" | "vf";
  /** Where the host can capture: its NIC-side device and the VM's own interface; null where it sees no packet. */
  capture: { nic: "pf" | "vf"; virt: "vnet" | "macvtap" } | null;
  /**
   * What the PF must let the VF do. A macvtap that is not in passthrough mode sends and receives with an address that
   * is not the VF's: only a trusted VF without spoof checking may. Null: the NIC's default, and nothing is set.
   */
  vf: { trust: boolean; spoofCheck: boolean } | null;
  /** Whether VMs of one host that share a lower device reach each other; null where each has a lower device alone. */
  sharedReach: boolean | null;
}

/** Why the host has no capture under PCI passthrough; stands wherever a metric is unavailable because of it. */
export const bypassed = "PCI passthrough: packets bypass the host kernel, so the host cannot capture them";

const onBridge = { attachesTo: "bridge", capture: { nic: "pf", virt: "vnet" }, vf: null, sharedReach: true } as const;
const onMacvtap = {
  attachesTo: "vf",
  guestModule: "virtio_net",
  capture: { nic: "vf", virt: "macvtap" },
  vf: { trust: true, spoofCheck: false },
} as const;

export const capabilities: Record<Driver, Capability> = {
  "e1000-bridge": { paperName: "E1000", guestModule: "e1000", ...onBridge },
  "virtio-bridge": { paperName: "Bridge", guestModule: "virtio_net", ...onBridge },
  "macvtap-passthrough": { paperName: "SR-IOV (MacVTap)", ...onMacvtap, vf: null, sharedReach: null },
  "macvtap-bridge": { paperName: "SR-IOV (MacVTap, bridge mode)", ...onMacvtap, sharedReach: true },
  "macvtap-vepa": { paperName: "SR-IOV (MacVTap, VEPA mode)", ...onMacvtap, sharedReach: false },
  "macvtap-private": { paperName: "SR-IOV (MacVTap, private mode)", ...onMacvtap, sharedReach: false },
  "pci-passthrough": {
    paperName: "SR-IOV + PCI Passthrough",
    attachesTo: "vf",
    guestModule: "vf",
    capture: null,
    vf: null,
    sharedReach: null,
  },
};
