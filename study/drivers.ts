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

/** What Main endpoints may have: a VM on one of them, or "host-vf", the server itself on a VF in a network namespace. */
export const mainDrivers = [...drivers, "host-vf"] as const;
export type MainDriver = (typeof mainDrivers)[number];
