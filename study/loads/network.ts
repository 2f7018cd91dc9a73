import { z } from "zod";
import { factor } from "../factor.ts";
import type { Problem } from "../problem.ts";
import { loadKind } from "./load-kind.ts";

const networkLoadMbps = factor({
  words: "rate of a background VM under network load",
  unit: "Mbit/s",
  schema: z
    .number()
    .min(0.01)
    .max(100_000)
    .default(10)
    .describe("rate at which one background VM sends under network load, Mbit/s of UDP payload"),
  recorded: z.number().optional(),
  path: ["load", "mbps"],
  columns: [
    {
      name: "load_mbps",
      type: "DOUBLE",
      what: "network load: Mbit/s of UDP payload that a VM sends; else NULL",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "load",
  examples: [{ what: "network load: how much", to: 5 }],
});

const networkLoadPacketBytes = factor({
  words: "UDP payload of a packet of network load",
  unit: "bytes",
  schema: z.int().min(128).max(1472).default(1400).describe("UDP payload of a packet of network load, bytes"),
  recorded: z.int().optional(),
  path: ["load", "packetBytes"],
  columns: [
    {
      name: "load_packet_bytes",
      type: "INTEGER",
      what: "network load: UDP payload of a packet; else NULL",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "load",
  examples: [{ what: "network load: its packets", to: 700 }],
});

const networkLoadBurstPackets = factor({
  words: "packets in a burst of network load",
  schema: z
    .int()
    .min(1)
    .max(1000)
    .default(16)
    .describe("packets of network load that leave together, before the sender waits as long as the rate asks"),
  recorded: z.int().optional(),
  path: ["load", "burstPackets"],
  columns: [
    {
      name: "load_burst_packets",
      type: "INTEGER",
      what: "network load: packets that leave together; else NULL",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "load",
  examples: [{ what: "network load: its bursts", to: 8 }],
});

const plan = z.object({
  /** Whether these VMs send to their counterparts on the other server, and whether those send to them. */
  sends: z.boolean(),
  receives: z.boolean(),
  mbps: z.number(),
  packetBytes: z.int(),
  burstPackets: z.int(),
});
type Plan = z.output<typeof plan>;
type Bursts = Pick<Plan, "mbps" | "packetBytes" | "burstPackets">;

/** Bursts a second that carry `mbps` of UDP payload. */
export const burstsPerSecond = ({ mbps, packetBytes, burstPackets }: Bursts) =>
  (mbps * 1e6) / (8 * packetBytes * burstPackets);

/** Datagrams a second that carry `mbps` of UDP payload. */
const datagramsPerSecond = ({ mbps, packetBytes }: Bursts) => (mbps * 1e6) / 8 / packetBytes;

/** Load is looked at over seconds: bursts that are further apart could not be told from none. */
function problems({ mbps, packetBytes, burstPackets }: Bursts): Problem[] {
  const apart = 1 / burstsPerSecond({ mbps, packetBytes, burstPackets });
  if (apart <= 1) return [];
  const most = Math.max(1, Math.floor(burstPackets / apart));
  return [
    {
      key: "networkLoadBurstPackets",
      value: burstPackets,
      found: `${burstPackets} packets of ${packetBytes} bytes at ${mbps} Mbit/s are a burst every ${apart.toFixed(1)} s`,
      allowed: `one a second at least, so at most ${most} packets, or a higher networkLoadMbps`,
    },
  ];
}

/** Longer than any campaign: iperf has no word for "until it is ended". */
const seconds = 100 * 24 * 3600;

/**
 * One-way UDP by iperf 2 (iperf(1)), whose isochronous frames without spread are bursts of one size. iperf3 is not used:
 * the one in Debian 13 forgets its rate when it is to send bursts (https://github.com/esnet/iperf/issues/1820).
 *
 * A sender on a server that has no CPU left for it sends less than asked, and what it sends may be lost on the way to a receiver that
 * has none: a tenth and a hundredth are what tells load that is slow from load that is dead. What was achieved stands in each run.
 * The guests themselves count: the host cannot count datagrams of a VF in a guest, and a tap or macvtap also sees what is not its
 * guest's.
 */
export const networkLoad = loadKind({
  words: "network load",
  what: "one-way UDP from each to its counterpart on the other server",
  parameters: { networkLoadMbps, networkLoadPacketBytes, networkLoadBurstPackets },
  needsBothFleets: true,
  talks: true,
  plan,
  // The location is the direction: load at the Responder is bursts from the Sender's VMs to the Responder's (3.1.2).
  planFor: (values, { isHere, isThere }) => ({
    sends: isThere,
    receives: isHere,
    mbps: values.networkLoadMbps,
    packetBytes: values.networkLoadPacketBytes,
    burstPackets: values.networkLoadBurstPackets,
  }),
  problems,
  programs: ["iperf"],
  processes(asked, { peerIp }) {
    const bursts = `--isochronous=${burstsPerSecond(asked).toFixed(6)}:${asked.mbps}m,0`;
    const send = `iperf --client ${peerIp} --udp ${bursts} --len ${asked.packetBytes} --time ${seconds} --no-udp-fin`;
    return [
      ...(asked.receives ? [{ name: "receive", command: "iperf --server --udp", receives: true as const }] : []),
      ...(asked.sends ? [{ name: "send", command: send }] : []),
    ];
  },
  counters: {
    // The guest's clock, InDatagrams and OutDatagrams (/proc/net/snmp).
    command: `read -r seconds rest < /proc/uptime; awk -v seconds=$seconds '/^Udp:/ && $2 ~ /^[0-9]/ { print "seconds=" seconds " received=" $2 " sent=" $5 }' /proc/net/snmp`,
    rates: { sent: "sentPps", received: "receivedPps" },
  },
  signs: [
    {
      rate: "sentPps",
      did: "sent",
      does: "sends",
      unit: "datagrams/s",
      leastUnit: "",
      least: (asked) => (asked.sends ? datagramsPerSecond(asked) / 10 : 0),
    },
    {
      rate: "receivedPps",
      did: "received",
      does: "receives",
      unit: "datagrams/s",
      leastUnit: "",
      least: (asked) => (asked.receives ? datagramsPerSecond(asked) / 100 : 0),
      atStart: { nothing: "receives no datagram of its counterpart's network load" },
    },
  ],
});
