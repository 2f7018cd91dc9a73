import { LabError } from "../../../../lib/errors.ts";
import { mainMetric, type TimeMetric, timeMetrics } from "../../../../study/metric-lists.ts";
import { metrics } from "../../../../study/metrics.ts";
import type { Missing } from "../../../../study/missing.ts";
import { type PointName, pointNames } from "../../../../study/points.ts";
import type { PingOutput } from "../parser/ping.ts";
import type { PingReply } from "../parser/ping-lines.ts";
import { type PacketRecord, usableValues } from "./packet-record.ts";
import {
  impossibleValues,
  lastSeen,
  missingReasons,
  type SharedStamps,
  type Sightings,
  timesOfPacket,
} from "./packet-values.ts";
import { type PointSummary, summarisePoint } from "./point-summary.ts";
import { type IndexedPoint, indexPoint, type PointExchanges } from "./points.ts";
import { compareRunClocks, describeSteps, flagClockSteps, type RunClocks } from "./run-clocks.ts";
import { sendingOf, sendTimesOf } from "./sending.ts";
import { jitter, reordered, type Sending } from "./sequence.ts";

export interface RunInput {
  ping: PingOutput;
  /** ping's ICMP id (-e). */
  id: number;
  points: Record<PointName, PointExchanges>;
  /** Where the servers' stamps lie on the clock that they share; left out where they share none. */
  shared?: SharedStamps;
  /** What ping was to wait from request to request, nanoseconds; left out where it is not known. */
  intervalNs?: number;
}

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
  /** Of the RTT, RFC 3550 (6.4.1), in nanoseconds, in the order of arrival over values that may be averaged; null without two. */
  rttJitterNs: number | null;
  /** Why a metric is unavailable in the whole run; absent when it is there. */
  unavailable: Partial<Record<TimeMetric, Missing>>;
  /** Packets with a flag on a metric, by metric. */
  flagged: Record<TimeMetric, number>;
  points: Record<PointName, PointSummary>;
  clocks: RunClocks;
  sending: Sending | null;
  /** What a reader of the results should know, as sentences. */
  notes: string[];
}

/** Every packet has a record in memory; a run has 100 of them. */
const mostPackets = 1_000_000;

/** The capture points of a run: what each saw of ping's packets by number, or why it is gone; and what a reader should know. */
interface IndexedPoints {
  indexed: Partial<Record<PointName, IndexedPoint>>;
  gone: Partial<Record<PointName, string>>;
  notes: string[];
}

function indexPoints({ ping, id, points }: RunInput): IndexedPoints {
  const all: IndexedPoints = { indexed: {}, gone: {}, notes: [] };
  for (const name of pointNames) {
    const point = points[name];
    if ("unavailable" in point) {
      all.gone[name] = point.unavailable;
      continue;
    }
    const found = indexPoint(point, id, ping.address);
    if (found.order.length === 0) all.gone[name] = `none of ping's packets (id ${id}) is in the capture`;
    else all.indexed[name] = found;
    if (found.elsewhere > 0)
      all.notes.push(`${name}: left out ${found.elsewhere} requests of ping's id to other addresses`);
    if (found.repeated > 0)
      all.notes.push(`${name}: left out ${found.repeated} requests with a sequence number that had come before`);
  }
  return all;
}

/** ping's first reply to each request, and how many came beside it. */
function tallyReplies({ replies: lines }: PingOutput) {
  const replies = new Map<number, PingReply>();
  const duplicates = new Map<number, number>();
  for (const reply of lines) {
    if (replies.has(reply.index)) duplicates.set(reply.index, (duplicates.get(reply.index) ?? 0) + 1);
    else replies.set(reply.index, reply);
  }
  return { replies, duplicates, late: reordered([...replies.keys()]) };
}

/** Whether ping printed a line for its packets (not with -q and -f). */
const printedLines = ({ replies, statistics }: PingOutput) => replies.length > 0 || statistics.received === 0;

/** A record of each request that ping sent, what the captures saw of it, and when it left. */
function recordPackets(
  { ping, shared, intervalNs }: RunInput,
  { indexed, gone }: IndexedPoints,
  { replies, duplicates, late }: ReturnType<typeof tallyReplies>,
) {
  const toldLines = printedLines(ping);
  const someLost = ping.statistics.received < ping.statistics.transmitted;
  const sightings = Array.from({ length: ping.statistics.transmitted }, (_, at) => sightingsOf(indexed, at + 1));
  const sendTimes = sendTimesOf(sightings, replies);
  const packets = sightings.map((seen, at): PacketRecord => {
    const index = at + 1;
    const reply = replies.get(index);
    const lost = toldLines ? reply === undefined : someLost ? null : false;
    const sent = {
      atNs: sendTimes.atNs[at] ?? null,
      beforeNs: sendTimes.atNs[at - 1] ?? null,
      isFirst: at === 0,
      intervalNs: intervalNs ?? null,
    };
    const stamps = { rttNs: reply?.rttNs ?? null, seen, shared, sent };
    const values = timesOfPacket(stamps);
    return {
      index,
      seq: index & 0xffff,
      values,
      missing: missingReasons(values, stamps, lost === true, toldLines, gone),
      flags: { ...doubts(values, seen, reply), ...impossibleValues(values) },
      lost,
      lastSeen: lost === true ? lastSeen(seen) : null,
      duplicates: duplicates.get(index) ?? 0,
      reordered: late.has(index),
    };
  });
  return { packets, sightings, sendTimes };
}

/** Whether the first packet has a reason of its own, which is no other's. */
const hasNoneInFirst = (metric: TimeMetric) => "whyMissing" in metrics[metric];

/** Metrics that no packet of the run has, each with the reason. */
function unavailableIn(packets: readonly PacketRecord[], gone: IndexedPoints["gone"]): RunMatch["unavailable"] {
  const unavailable: RunMatch["unavailable"] = {};
  for (const metric of timeMetrics) {
    const at = metrics[metric].points.find((name) => gone[name] !== undefined);
    if (at !== undefined) unavailable[metric] = { metric, at, reason: gone[at] ?? "" };
    else if (packets.every(({ values }) => values[metric] === null))
      unavailable[metric] = ((hasNoneInFirst(metric) ? packets[1] : undefined) ?? packets[0])?.missing[metric] ?? {
        metric,
        at: null,
        reason: "ping sent nothing",
      };
  }
  return unavailable;
}

/** What a reader should know of ping's own output. */
function pingNotes(ping: PingOutput): { before: string[]; after: string[] } {
  const coarsest = ping.replies.reduce((most, { resolutionNs }) => Math.max(most, resolutionNs ?? 0), 0);
  return {
    before: printedLines(ping) ? [] : ["ping printed no line for its packets (-q or -f): their RTTs are not known"],
    after: coarsest > 1000 ? [`ping rounded RTTs, by up to ${coarsest / 2e6} ms: it ran without -3`] : [],
  };
}

/**
 * Joins what ping printed and what the captures saw of its packets, by ICMP id and sequence number without wraparound.
 * Metrics that cannot be had carry a reason, impossible ones a flag; no packet is left out.
 * @throws LabError for a run of more than a million packets
 */
export function matchRun(run: RunInput): RunMatch {
  const { ping } = run;
  const { transmitted, received, duplicates } = ping.statistics;
  if (transmitted > mostPackets)
    throw new LabError(`ping sent ${transmitted} requests: at most ${mostPackets} are matched in one run`);
  const points = indexPoints(run);
  const { indexed, gone } = points;
  const tally = tallyReplies(ping);
  const { packets, sightings, sendTimes } = recordPackets(run, points, tally);
  const clocks = compareRunClocks(packets, sightings);
  flagClockSteps(packets, clocks);
  const arrived = [...tally.replies.keys()].flatMap((index) => packets[index - 1] ?? []);
  const farNic = indexed["responder.nic"];
  const summary = (name: PointName) => summarisePoint(indexed[name], gone[name], packets.length);
  const ofPing = pingNotes(ping);
  return {
    packets,
    transmitted,
    received,
    duplicates,
    lostAfter: countLosses(packets),
    reorderedReplies: tally.late.size,
    reorderedRequests: farNic ? reordered(farNic.order).size : null,
    rttJitterNs: jitter(usableValues(arrived, mainMetric)),
    unavailable: unavailableIn(packets, gone),
    flagged: countFlags(packets),
    points: Object.fromEntries(pointNames.map((name) => [name, summary(name)])) as RunMatch["points"],
    clocks,
    sending: sendingOf(packets, sendTimes),
    notes: [
      ...ping.warnings.map(({ message, line }) => `ping, line ${line}: ${message}`),
      ...points.notes,
      ...ofPing.before,
      ...describeSteps("the Sender VM and its server", clocks.senderVm),
      ...describeSteps("the two servers", clocks.servers),
      ...ofPing.after,
    ],
  };
}

function sightingsOf(indexed: Partial<Record<PointName, IndexedPoint>>, index: number): Sightings {
  const seen: Sightings = {};
  for (const name of pointNames) if (indexed[name]) seen[name] = indexed[name].byIndex.get(index);
  return seen;
}

/** Reasons to doubt values that are possible in themselves. */
function doubts(values: PacketRecord["values"], seen: Sightings, reply: PingReply | undefined): PacketRecord["flags"] {
  const flags: PacketRecord["flags"] = {};
  if (reply?.damaged)
    for (const metric of timeMetrics) if (values[metric] !== null) flags[metric] = "the reply was damaged";
  const sums = pointNames.flatMap((name) => seen[name]?.checksum ?? []);
  if (sums.some((sum) => sum !== sums[0]))
    for (const metric of timeMetrics)
      if (values[metric] !== null && metrics[metric].points.length > 0)
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

function countFlags(packets: readonly PacketRecord[]): Record<TimeMetric, number> {
  const count = (metric: TimeMetric) => packets.filter(({ flags }) => flags[metric] !== undefined).length;
  return Object.fromEntries(timeMetrics.map((metric) => [metric, count(metric)])) as Record<TimeMetric, number>;
}
