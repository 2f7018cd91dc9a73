/** Link types that are read, by the numbers of tcpdump.org/linktypes.html. */
export const linkType = {
  null: 0,
  ethernet: 1,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

const names = new Map<number, string>([
  [linkType.ethernet, "Ethernet"],
  [linkType.raw, "raw IP"],
  [linkType.linuxCooked, "Linux cooked v1"],
  [linkType.ipv4, "raw IPv4"],
  [linkType.ipv6, "raw IPv6"],
  [linkType.linuxCooked2, "Linux cooked v2"],
  [linkType.null, "BSD loopback"],
  [linkType.loop, "OpenBSD loopback"],
]);

export const isReadable = (link: number) => names.has(link);

/** "Ethernet (1), raw IP (101), …", for messages. */
export const readableLinks = () => [...names].map(([link, name]) => `${name} (${link})`).join(", ");
