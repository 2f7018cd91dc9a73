import type { EchoExchange } from "../capture/exchange.ts";
import { onSharedClock, type StampMap } from "../results/stamp-map.ts";
import { type Metric, metricNames, metrics, type PacketRecord, type PointName, pointNames } from "./metrics.ts";

/** What the points saw of one packet; undefined where a point is there but did not see it. */
export type Sightings = Partial<Record<PointName, EchoExchange | undefined>>;

const difference = (later: bigint | null | undefined, earlier: bigint | null | undefined) =>
  later === null || later === undefined || earlier === null || earlier === undefined ? null : Number(later - earlier);
const less = (whole: number | null, part: number | null) => (whole === null || part === null ? null : whole - part);

/** Where the two servers' stamps lie on the clock that they share. */
export type SharedStamps = Record<"sender" | "responder", StampMap>;

/** From a stamp of one server to one of the other, on the clock that they share. */
function between(from: Stamp, to: Stamp): number | null {
  if (!from.map || !to.map || from.ns == null || to.ns == null) return null;
  return Math.round(onSharedClock(to.map, to.ns) - onSharedClock(from.map, from.ns));
}

interface Stamp {
  map: StampMap | undefined;
  ns: bigint | null | undefined;
}

/** Every metric of a packet from its stamps, null where one is missing. */
export function packetValues(
  rttNs: number | null,
  seen: Sightings,
  shared?: SharedStamps,
): Record<Metric, number | null> {
  const [virt, nic] = [seen["sender.virt"], seen["sender.nic"]];
  const [farNic, farVirt] = [seen["responder.nic"], seen["responder.virt"]];
  const senderNicRtt = nic?.rttNs ?? null;
  const responseTime = farNic?.rttNs ?? null;
  return {
    rtt: rttNs,
    senderNicRtt,
    overhead: less(rttNs, senderNicRtt),
    responseTime,
    senderGuest: less(rttNs, virt?.rttNs ?? null),
    senderOut: difference(nic?.requestNs, virt?.requestNs),
    wire: less(senderNicRtt, responseTime),
    wireOut: between({ map: shared?.sender, ns: nic?.requestNs }, { map: shared?.responder, ns: farNic?.requestNs }),
    wireBack: between({ map: shared?.responder, ns: farNic?.replyNs }, { map: shared?.sender, ns: nic?.replyNs }),
    responderIn: difference(farVirt?.requestNs, farNic?.requestNs),
    responderGuest: farVirt?.rttNs ?? null,
    responderOut: difference(farNic?.replyNs, farVirt?.replyNs),
    senderIn: difference(virt?.replyNs, nic?.replyNs),
  };
}

/** Why a way is known there and back only. */
export const noSharedClock = "the servers have a clock each; those in virtual time share one";

/**
 * Why each null of `values` is null.
 * @param toldLines whether ping printed a line for each reply
 * @param unavailable the points that the run does not have
 * @param shareClock whether the two servers share a clock
 */
export function missingReasons(
  values: Record<Metric, number | null>,
  seen: Sightings,
  lost: boolean,
  toldLines: boolean,
  unavailable: Partial<Record<PointName, string>>,
  shareClock: boolean,
): PacketRecord["missing"] {
  const missing: PacketRecord["missing"] = {};
  for (const metric of metricNames) {
    if (values[metric] !== null) continue;
    const points: readonly PointName[] = metrics[metric];
    const gone = points.find((point) => unavailable[point] !== undefined);
    const unseen = points.find((point) => seen[point] === undefined);
    const unanswered = points.find((point) => seen[point]?.replyNs === null);
    if (gone !== undefined) missing[metric] = `${gone}: ${unavailable[gone]}`;
    else if (!shareClock && (metric === "wireOut" || metric === "wireBack")) missing[metric] = noSharedClock;
    else if (lost) missing[metric] = "the packet was lost";
    else if (unseen !== undefined) missing[metric] = `${unseen}: the request is not in the capture`;
    else if (unanswered !== undefined) missing[metric] = `${unanswered}: the reply is not in the capture`;
    else missing[metric] = toldLines ? "ping printed no time" : "ping printed no line";
  }
  return missing;
}

/**
 * Which values cannot be: a duration of 0 or less where the packet must have taken time, a negative one elsewhere, a
 * part that is not less than the whole.
 */
export function impossibleValues(values: Record<Metric, number | null>): PacketRecord["flags"] {
  const flags: PacketRecord["flags"] = {};
  for (const metric of metricNames) {
    const value = values[metric];
    // A macvtap and its NIC may share one stamp, so a hop inside a host may take no time.
    const least = metric.endsWith("In") || metric.endsWith("Out") || metric === "senderGuest" ? 0 : 1;
    if (value !== null && value < least) flags[metric] = value < 0 ? `negative: ${value} ns` : "no time at all: 0 ns";
  }
  const notBelow = (part: Metric, whole: Metric) => {
    const [a, b] = [values[part], values[whole]];
    if (a !== null && b !== null && a >= b) flags[part] ??= `not less than ${whole}: ${a} of ${b} ns`;
  };
  notBelow("overhead", "rtt");
  notBelow("responseTime", "senderNicRtt");
  return flags;
}

/** The last place that saw a lost packet. */
export function lastSeen(seen: Sightings): string | null {
  const homeward = pointNames.find((point) => seen[point]?.replyNs != null);
  if (homeward) return `${homeward} reply`;
  const outward = pointNames.findLast((point) => seen[point] !== undefined);
  return outward ? `${outward} request` : null;
}
