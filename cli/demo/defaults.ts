/** What `./lab demo` does where it is not told otherwise: words of its options. The drivers are the paper's comparison. */
export const demoDefaults = {
  drivers: "virtio-bridge,macvtap-passthrough,pci-passthrough",
  replicates: "3",
  packets: "100",
} as const;
