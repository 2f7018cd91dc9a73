/** The ways a VM is attached to the NIC (paper, section 2 and 3.1.2). */
export const drivers = [
  "e1000-bridge",
  "virtio-bridge",
  "macvtap-passthrough",
  "macvtap-bridge",
  "macvtap-vepa",
  "macvtap-private",
  "pci-passthrough",
] as const;
export type Driver = (typeof drivers)[number];
