/** The tools that scripts call on a server, by Debian package: without one of them a deployment is refused before it changes anything. */
export const serverTools = {
  "libvirt-clients": ["virsh"],
  iproute2: ["ip", "bridge", "ss", "tc"],
  tcpdump: ["tcpdump"],
  sysstat: ["mpstat"],
  ethtool: ["ethtool"],
  udev: ["udevadm"],
} as const satisfies Record<string, readonly string[]>;

/** All of them, as words for a script (its variable TOOLS). */
export const toolWords = Object.values(serverTools).flat().join(" ");
