import { LabError } from "../../lib/errors.ts";
import type { PingOutput, PingReply } from "../parsers/ping.ts";
import type { ClockComparison } from "./clocks.ts";
import {
  type Metric,
  metricNames,
  metrics,
  type PacketRecord,
  type PointName,
  pointNames,
  usableValues,
} from "./metrics.ts";
import { impossibleValues, lastSeen, missingReasons, packetValues, type Sightings } from "./packet-values.ts";
import { type CapturePoint, type IndexedPoint, indexPoint } from "./points.ts";
import { compareRunClocks, flagClockSteps, type RunClocks } from "./run-clocks.ts";
import { describeSending, jitter, reordered, type Sending } from "./sequence.ts";

export interface RunInput {
  ping: PingOutput;
  /** ping's ICMP id (-e). */
  id: number;
  points: Record<PointName, CapturePoint>;
}

/** A capture point of a run: why it is unavailable, or what it saw of ping's packets. */
type PointSummary =
  | { unavailable: string }
  | {
      requests: number;
      replies: number;
      /** Requests that ping sent and the capture does not have. */
      missing: number;
      /** Frames beyond the first of a request or reply: a NIC that echoes what it sends, or duplicates on the wire. */
      copies: number;
    };

/** What was measured in one run, packet by packet. */
export interface RunMatch {
  /** One for each request that ping sent, in the order of sending. */
  packets: PacketRecord[];
  transmitted: number;
  /** Requests that were answered. */
  received: number;
  /** Replies beyond the first, by ping. */
  duplicates: number;
  /** Lost packets by the last place that saw them, e.g. "responder.nic request"; "nowhere" when no capture did. */
  lostAfter: Record<string, number>;
  /** Replies that came after one to a later request (RFC 4737). */
  reorderedReplies: number;
  /** Requests that did so at the Responder server's NIC; null when it is unavailable. */
  reorderedRequests: number | null;
  /** RFC 3550 (6.4.1), in nanoseconds, in the order of arrival over values that may be averaged; null without two. */
  jitterNs: Record<"rtt" | "senderNicRtt" | "responseTime", number | null>;
  /** Why a metric is unavailable in the whole run; absent when it is there. */
  unavailable: Partial<Record<Metric, string>>;
  /** Packets with a flag on a metric, by metric. */
  flagged: Record<Metric, number>;
  points: Record<PointName, PointSummary>;
  clocks: RunClocks;
  sending: Sending | null;
  /** What a reader of the results should know, as sentences. */
  notes: string[];
}

/** Every packet has a record in memory; a run has 100 of them. */
const mostPackets = 1_000_000;

/**
 * Joins what ping printed and what the captures saw of its packets, by ICMP id and sequence number without wraparound.
 * Metrics that cannot be had carry a reason, impossible ones a flag; no packet is left out.
 * @throws LabError for a run of more than a million packets
 */
export function matchRun({ ping, id, points }: RunInput): RunMatch {
  if (ping.statistics.transmitted > mostPackets)
    throw new LabError(
      `ping sent ${ping.statistics.transmitted} requests: at most ${mostPackets} are matched in one run`,
    );
  const indexed: Partial<Record<PointName, IndexedPoint>> = {};
  const gone: Partial<Record<PointName, string>> = {};
  const notes = ping.warnings.map(({ message, line }) => `ping, line ${line}: ${message}`);
  for (const name of pointNames) {
    const point = points[name];
    if ("unavailable" in point) {
      gone[name] = point.unavailable;
      continue;
    }
    const found = indexPoint(point, id, ping.address);
    if (found.order.length === 0) gone[name] = `none of ping's packets (id ${id}) is in the capture`;
    else indexed[name] = found;
    if (found.elsewhere > 0)
      notes.push(`${name}: left out ${found.elsewhere} requests of ping's id to other addresses`);
    if (found.repeated > 0)
      notes.push(`${name}: left out ${found.repeated} requests with a sequence number that had come before`);
  }

  const replies = new Map<number, PingReply>();
  const duplicates = new Map<number, number>();
  for (const reply of ping.replies) {
    if (replies.has(reply.index)) duplicates.set(reply.index, (duplicates.get(reply.index) ?? 0) + 1);
    else replies.set(reply.index, reply);
  }
  const { transmitted, received } = ping.statistics;
  const toldLines = ping.replies.length > 0 || received === 0;
  const someLost = received < transmitted;
  if (!toldLines) notes.push("ping printed no line for its packets (-q or -f): their RTTs are not known");
  const late = reordered([...replies.keys()]);
  const sightings: Sightings[] = [];
  const packets: PacketRecord[] = [];
  for (let index = 1; index <= ping.statistics.transmitted; index++) {
    const seen = sightingsOf(indexed, index);
    sightings.push(seen);
    const reply = replies.get(index);
    const lost = toldLines ? reply === undefined : someLost ? null : false;
    const values = packetValues(reply?.rttNs ?? null, seen);
    packets.push({
      index,
      seq: index & 0xffff,
      values,
      missing: missingReasons(values, seen, lost === true, toldLines, gone),
      flags: { ...doubts(values, seen, reply), ...impossibleValues(values) },
      lost,
      lastSeen: lost === true ? lastSeen(seen) : null,
      duplicates: duplicates.get(index) ?? 0,
      reordered: late.has(index),
    });
  }

  const clocks = compareRunClocks(packets, sightings);
  flagClockSteps(packets, clocks);
  notes.push(...describeSteps("the Sender VM and its server", clocks.senderGuest));
  notes.push(...describeSteps("the two servers", clocks.servers));
  const coarsest = ping.replies.reduce((most, { resolutionNs }) => Math.max(most, resolutionNs ?? 0), 0);
  if (coarsest > 1000) notes.push(`ping rounded RTTs, by up to ${coarsest / 2e6} ms: it ran without -3`);
  const unavailable: RunMatch["unavailable"] = {};
  for (const metric of metricNames) {
    const point = metrics[metric].find((name) => gone[name] !== undefined);
    if (point) unavailable[metric] = `${point}: ${gone[point]}`;
    else if (packets.every(({ values }) => values[metric] === null))
      unavailable[metric] = packets[0]?.missing[metric] ?? "ping sent nothing";
  }
  const arrived = [...replies.keys()].flatMap((index) => packets[index - 1] ?? []);
  const farNic = indexed["responder.nic"];
  return {
    packets,
    transmitted: ping.statistics.transmitted,
    received: ping.statistics.received,
    duplicates: ping.statistics.duplicates,
    lostAfter: countLosses(packets),
    reorderedReplies: late.size,
    reorderedRequests: farNic ? reordered(farNic.order).size : null,
    jitterNs: {
      rtt: jitter(usableValues(arrived, "rtt")),
      senderNicRtt: jitter(usableValues(arrived, "senderNicRtt")),
      responseTime: jitter(usableValues(arrived, "responseTime")),
    },
    unavailable,
    flagged: countFlags(packets),
    points: {
      "sender.virt": summarise(indexed["sender.virt"], gone["sender.virt"], packets.length),
      "sender.nic": summarise(indexed["sender.nic"], gone["sender.nic"], packets.length),
      "responder.nic": summarise(farNic, gone["responder.nic"], packets.length),
      "responder.virt": summarise(indexed["responder.virt"], gone["responder.virt"], packets.length),
    },
    clocks,
    sending: sendingOf(packets, sightings, replies),
    notes,
  };
}

const describeSteps = (whose: string, comparison: ClockComparison | null): string[] =>
  (comparison?.steps ?? []).map(
    ({ index, jumpNs }) =>
      `between the clocks of ${whose} the difference jumped by at least ${(Math.abs(jumpNs) / 1e6).toFixed(3)} ms before packet ${index}`,
  );

function sightingsOf(indexed: Partial<Record<PointName, IndexedPoint>>, index: number): Sightings {
  const seen: Sightings = {};
  for (const name of pointNames) if (indexed[name]) seen[name] = indexed[name].byIndex.get(index);
  return seen;
}

/** Reasons to doubt values that are possible in themselves. */
function doubts(values: PacketRecord["values"], seen: Sightings, reply: PingReply | undefined): PacketRecord["flags"] {
  const flags: PacketRecord["flags"] = {};
  if (reply?.damaged)
    for (const metric of metricNames) if (values[metric] !== null) flags[metric] = "the reply was damaged";
  const sums = pointNames.flatMap((name) => seen[name]?.checksum ?? []);
  if (sums.some((sum) => sum !== sums[0]))
    for (const metric of metricNames)
      if (values[metric] !== null && metrics[metric].length > 0)
        flags[metric] = "the captures hold different packets with this id and sequence number";
  return flags;
}

function countLosses(packets: readonly PacketRecord[]): Record<string, number> {
  const losses: Record<string, number> = {};
  for (const { lost, lastSeen } of packets) {
    if (!lost) continue;
    const place = lastSeen ?? "nowhere";
    losses[place] = (losses[place] ?? 0) + 1;
  }
  return losses;
}

function countFlags(packets: readonly PacketRecord[]): Record<Metric, number> {
  const count = (metric: Metric) => packets.filter(({ flags }) => flags[metric] !== undefined).length;
  return Object.fromEntries(metricNames.map((metric) => [metric, count(metric)])) as Record<Metric, number>;
}

function summarise(point: IndexedPoint | undefined, reason: string | undefined, sent: number): PointSummary {
  if (!point) return { unavailable: reason ?? "not captured" };
  const exchanges = [...point.byIndex.values()];
  return {
    requests: exchanges.length,
    replies: exchanges.filter(({ replyNs }) => replyNs !== null).length,
    missing: sent - [...point.byIndex.keys()].filter((index) => index <= sent).length,
    copies: exchanges.reduce((sum, { duplicates, requestCopies }) => sum + duplicates + requestCopies, 0),
  };
}

/** From ping's stamps inside the packets where a capture has them all, else from what it printed less the RTT. */
function sendingOf(
  packets: readonly PacketRecord[],
  sightings: readonly Sightings[],
  replies: ReadonlyMap<number, PingReply>,
): Sending | null {
  let originUs: number | undefined;
  const stamped = packets.flatMap(({ values }, at) => {
    const sentUs = pointNames.map((name) => sightings[at]?.[name]?.sentUs ?? null).find((us) => us !== null);
    if (sentUs === undefined) return [];
    originUs ??= sentUs;
    return [{ atNs: (sentUs - originUs) * 1000, rttNs: values.rtt }];
  });
  if (stamped.length > 0 && stamped.length >= replies.size) return describeSending(stamped, "packets");
  let origin: bigint | undefined;
  const printed = packets.flatMap(({ index, values: { rtt } }) => {
    const at = replies.get(index)?.printedNs ?? null;
    if (at === null || rtt === null) return [];
    origin ??= at;
    return [{ atNs: Number(at - origin) - rtt, rttNs: rtt }];
  });
  return describeSending(printed, "printed");
}
