/** Names for frames in which no echo is looked for, so that a reader learns what a capture holds besides. */

/** EtherTypes of frames that carry packets of other hosts. */
const etherTypeTunnels = new Map<number, string>([
  [0x22f3, "TRILL"],
  [0x6558, "Ethernet in Ethernet"],
  [0x8847, "MPLS"],
  [0x8848, "MPLS"],
  [0x8864, "PPPoE"],
  [0x88e5, "MACsec"],
  [0x88e7, "provider backbone bridge"],
  [0x894f, "NSH"],
  [0x8926, "VN-Tag"],
]);
const etherTypes = new Map<number, string>([
  ...etherTypeTunnels,
  [0x8035, "RARP"],
  [0x809b, "AppleTalk"],
  [0x8137, "IPX"],
  [0x8808, "Ethernet flow control"],
  [0x8809, "slow protocols (LACP)"],
  [0x8863, "PPPoE discovery"],
  [0x888e, "EAPOL"],
  [0x88cc, "LLDP"],
  [0x88f7, "PTP"],
]);

/** IP protocols of frames that carry packets of other hosts. */
const protocolTunnels = new Map<number, string>([
  [4, "IPv4 in IP"],
  [41, "IPv6 in IP"],
  [47, "GRE"],
  [50, "ESP"],
  [94, "IPIP"],
  [97, "EtherIP"],
  [108, "IPComp"],
  [115, "L2TP"],
  [137, "MPLS in IP"],
  [143, "Ethernet in IP"],
]);
const protocols = new Map<number, string>([
  ...protocolTunnels,
  [0, "hop-by-hop options"],
  [1, "ICMP"],
  [2, "IGMP"],
  [6, "TCP"],
  [17, "UDP"],
  [58, "ICMPv6"],
  [59, "no next header"],
  [89, "OSPF"],
  [103, "PIM"],
  [112, "VRRP"],
  [132, "SCTP"],
]);

/** UDP ports whose datagrams carry packets of other hosts. */
const tunnelPorts = new Map<number, string>([
  [1194, "OpenVPN"],
  [1701, "L2TP"],
  [2152, "GTP-U"],
  [3544, "Teredo"],
  [4341, "LISP"],
  [4500, "ESP in UDP"],
  [4754, "GRE in UDP"],
  [4789, "VXLAN"],
  [4790, "VXLAN-GPE"],
  [5555, "IP in UDP"],
  [6080, "GUE"],
  [6081, "Geneve"],
  [6635, "MPLS in UDP"],
  [8472, "VXLAN"],
  [51820, "WireGuard"],
]);

/** A frame's kind by its EtherType. */
export const etherTypeKind = (type: number) =>
  etherTypes.get(type) ?? `EtherType 0x${type.toString(16).padStart(4, "0")}`;

/** The kind of a frame of IEEE 802.2 without SNAP, by its service access point. */
export const serviceKind = (point: number) =>
  point === 0x42 ? "spanning tree" : `LLC service 0x${point.toString(16).padStart(2, "0")}`;

/** A packet's kind by its IP protocol. */
export const protocolKind = (number: number) => protocols.get(number) ?? `IP protocol ${number}`;

/** The kind of a UDP datagram: a tunnel where either port is a tunnel's. */
export function udpKind(source: number, target: number): string {
  const port = tunnelPorts.has(target) ? target : source;
  const tunnel = tunnelPorts.get(port);
  return tunnel === undefined ? "UDP" : `${tunnel} (UDP port ${port})`;
}

const tunnels = new Set([
  ...[...etherTypeTunnels.values(), ...protocolTunnels.values()],
  ...[...tunnelPorts.keys()].map((port) => udpKind(port, port)),
]);
const isTunnel = (kind: string) => tunnels.has(kind);

/** The kinds among these that carry packets of other hosts, which may be echoes. */
export const tunnelsAmong = (kinds: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(kinds).filter(([kind]) => isTunnel(kind)));

/** Kinds kept apart at most: a damaged file has any. */
const mostKinds = 100;

/** Counts a frame of a kind. */
export function countKind(kinds: Record<string, number>, kind: string): void {
  const known = kinds[kind];
  if (known !== undefined) kinds[kind] = known + 1;
  else if (Object.keys(kinds).length < mostKinds) kinds[kind] = 1;
  else kinds["further kinds"] = (kinds["further kinds"] ?? 0) + 1;
}

/** "GRE 5, VXLAN (UDP port 4789) 3", the most frequent first. */
export const kindsText = (kinds: Readonly<Record<string, number>>) =>
  Object.entries(kinds)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(", ");

/** How many frames of these kinds there are. */
export const countAll = (kinds: Readonly<Record<string, number>>) =>
  Object.values(kinds).reduce((sum, count) => sum + count, 0);
