/** The ways a VM is attached to the NIC (paper, section 2 and 3.1.2), each with what it needs and gives. */
export const drivers = ["virtio-bridge", "macvtap-passthrough", "pci-passthrough"] as const;
export type Driver = (typeof drivers)[number];

/** What a driver needs of its host and of its guest, and what the host can see of its packets. */
export interface Capability {
  /** The paper's name. */
  paperName: string;
  /** What the VM is attached to: a bridge over the PF, or a VF of its own. */
  attachesTo: "bridge" | "vf";
  /** Kernel module of the guest's network device; "vf" is the VF's own driver. */
  guestModule: "virtio_net" | "vf";
  /** Where the host can capture: its NIC-side device and the VM's own interface; null where it sees no packet. */
  capture: { nic: "pf" | "vf"; virt: "vnet" | "macvtap" } | null;
}

/** Why the host has no capture under PCI passthrough; stands wherever a metric is unavailable because of it. */
export const bypassed = "PCI passthrough: packets bypass the host kernel, so the host cannot capture them";

export const capabilities: Record<Driver, Capability> = {
  "virtio-bridge": {
    paperName: "Bridge",
    attachesTo: "bridge",
    guestModule: "virtio_net",
    capture: { nic: "pf", virt: "vnet" },
  },
  "macvtap-passthrough": {
    paperName: "SR-IOV (MacVTap)",
    attachesTo: "vf",
    guestModule: "virtio_net",
    capture: { nic: "vf", virt: "macvtap" },
  },
  "pci-passthrough": {
    paperName: "SR-IOV + PCI Passthrough",
    attachesTo: "vf",
    guestModule: "vf",
    capture: null,
  },
};
