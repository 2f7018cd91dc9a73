/** Capture points in the order in which a request passes them (Fig. 3). */
export const pointNames = ["sender.virt", "sender.nic", "responder.nic", "responder.virt"] as const;
export type PointName = (typeof pointNames)[number];

/**
 * What is known of a packet's time, in nanoseconds. Every one is a difference of stamps of one clock, or of two such
 * differences; never of stamps of two machines, but for wireOut and wireBack, which are there only where two machines share a clock.
 *
 * The parts senderGuest, senderOut, wire, responderIn, responderGuest, responderOut and senderIn add up to rtt.
 */
export const metrics = {
  /** ping's RTT, by the Sender VM's clock (3.1.1). */
  rtt: [],
  /** RTT at the Sender server's NIC. */
  senderNicRtt: ["sender.nic"],
  /** RTT overhead: rtt - senderNicRtt (3.1.1). */
  overhead: ["sender.nic"],
  /** Response time: from the request to the reply at the Responder server's NIC (3.1.1). */
  responseTime: ["responder.nic"],
  /** Sender VM to its virtual interface and back: rtt less the RTT seen there. */
  senderGuest: ["sender.virt"],
  /** Request, from the Sender VM's virtual interface to the NIC. */
  senderOut: ["sender.virt", "sender.nic"],
  /** NIC to NIC and back: senderNicRtt - responseTime. */
  wire: ["sender.nic", "responder.nic"],
  /** Request, from the Sender server's NIC to the Responder server's: of servers that share a clock. */
  wireOut: ["sender.nic", "responder.nic"],
  /** Reply, from the Responder server's NIC to the Sender server's: of servers that share a clock. */
  wireBack: ["sender.nic", "responder.nic"],
  /** Request, from the Responder server's NIC to the VM's virtual interface. */
  responderIn: ["responder.nic", "responder.virt"],
  /** From the request to the reply at the Responder VM's virtual interface. */
  responderGuest: ["responder.virt"],
  /** Reply, from the Responder VM's virtual interface to the NIC. */
  responderOut: ["responder.nic", "responder.virt"],
  /** Reply, from the Sender server's NIC to the VM's virtual interface. */
  senderIn: ["sender.virt", "sender.nic"],
} as const satisfies Record<string, readonly PointName[]>;

export type Metric = keyof typeof metrics;
export const metricNames = Object.keys(metrics) as Metric[];

/** One ping packet of a run. */
export interface PacketRecord {
  /** Number of the request, from 1, without wraparound. */
  index: number;
  /** icmp_seq on the wire. */
  seq: number;
  /** Every metric, in nanoseconds; null where it is unavailable. A flagged value stays here and out of averages. */
  values: Record<Metric, number | null>;
  /** Why a value is null. */
  missing: Partial<Record<Metric, string>>;
  /** Why a value that is there must not be averaged. */
  flags: Partial<Record<Metric, string>>;
  /** ping got no reply; null where it did not tell of each packet (-q, -f) and some were lost. */
  lost: boolean | null;
  /** Lost: the last place where a capture saw request or reply, e.g. "responder.nic request"; null when none did. */
  lastSeen: string | null;
  /** Replies that ping marked DUP!. */
  duplicates: number;
  /** Its reply came after that to a later request (RFC 4737). */
  reordered: boolean;
}

/** Values of a metric that may be averaged, by packet. */
export const usableValues = (packets: readonly PacketRecord[], metric: Metric): number[] =>
  packets.flatMap(({ values, flags }) => {
    const value = values[metric];
    return value === null || flags[metric] !== undefined ? [] : [value];
  });
