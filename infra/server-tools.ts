/** The tools that scripts call on a server, by Debian package: without one of them a deployment is refused before it changes anything. */
export const serverTools = {
  "libvirt-clients": ["virsh"],
  iproute2: ["ip", "bridge", "ss", "tc"],
  tcpdump: ["tcpdump"],
  sysstat: ["mpstat"],
  ethtool: ["ethtool"],
  udev: ["udevadm"],
} as const satisfies Record<string, readonly string[]>;

/** What probes run where a Main endpoint is the server itself; a VM's guest image has its own. */
export const endpointTools = { "iputils-ping": ["ping"] } as const satisfies Readonly<
  Record<string, readonly string[]>
>;

/**
 * The tools as words for a script (its variable TOOLS).
 * @param mainIsVm whether the Main endpoint is a VM
 */
export const toolWords = (mainIsVm: boolean) =>
  [serverTools, mainIsVm ? {} : endpointTools].flatMap((tools) => Object.values(tools).flat()).join(" ");
