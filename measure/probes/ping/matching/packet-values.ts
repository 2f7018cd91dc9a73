import type { TimeRow } from "../../../../study/metric.ts";
import { type TimeMetric, timeMetrics } from "../../../../study/metric-lists.ts";
import { metrics } from "../../../../study/metrics.ts";
import type { PacketStamps } from "../../../../study/packet-times.ts";
import { type PointName, pointNames } from "../../../../study/points.ts";
import type { EchoExchange } from "../../../capture/exchange.ts";
import type { PacketRecord } from "./packet-record.ts";

/** What the points saw of one packet; undefined where a point is there but did not see it. */
export type Sightings = Partial<Record<PointName, EchoExchange | undefined>>;

/** Where the two servers' stamps lie on the clock that they share. */
export type SharedStamps = NonNullable<PacketStamps["shared"]>;

const timeOf = timeMetrics.map((metric) => [metric, metrics[metric].value] as const);

/** Every metric of a packet from its stamps, null where one is missing. */
export function timesOfPacket(stamps: PacketStamps): Record<TimeMetric, number | null> {
  const times = {} as Record<TimeMetric, number | null>;
  for (const [metric, value] of timeOf) times[metric] = value(stamps);
  return times;
}

const needsSharedClock = (metric: TimeMetric) => "acrossServers" in metrics[metric];

/** Why a way is known there and back only. */
export const noSharedClock = "the servers have a clock each; those in virtual time share one";

/**
 * Why each null of `values` is null.
 * @param toldLines whether ping printed a line for each reply
 * @param unavailable the points that the run does not have
 */
export function missingReasons(
  values: Record<TimeMetric, number | null>,
  stamps: PacketStamps,
  lost: boolean,
  toldLines: boolean,
  unavailable: Partial<Record<PointName, string>>,
): PacketRecord["missing"] {
  const { seen, shared } = stamps;
  const missing: PacketRecord["missing"] = {};
  for (const metric of timeMetrics) {
    if (values[metric] !== null) continue;
    const { points, whyMissing }: TimeRow = metrics[metric];
    const because = (at: PointName | null, reason: string) => ({ metric, at, reason });
    const reasonOfItsOwn = whyMissing?.(stamps);
    const gone = points.find((point) => unavailable[point] !== undefined);
    const unseen = points.find((point) => seen[point] === undefined);
    const unanswered = points.find((point) => seen[point]?.replyNs === null);
    if (gone !== undefined) missing[metric] = because(gone, unavailable[gone] ?? "");
    else if (!shared && needsSharedClock(metric)) missing[metric] = because(null, noSharedClock);
    else if (reasonOfItsOwn !== undefined) missing[metric] = because(null, reasonOfItsOwn);
    else if (lost) missing[metric] = because(null, "the packet was lost");
    else if (unseen !== undefined) missing[metric] = because(unseen, "the request is not in the capture");
    else if (unanswered !== undefined) missing[metric] = because(unanswered, "the reply is not in the capture");
    else missing[metric] = because(null, toldLines ? "ping printed no time" : "ping printed no line");
  }
  return missing;
}

/** Of each metric the least that it can be, and the metric that it must be less than. */
const limits = timeMetrics.map((metric) => {
  const row = metrics[metric];
  return [metric, row.leastNs, "partOf" in row ? row.partOf : undefined] as const;
});

/**
 * Which values cannot be: a duration of 0 or less where the packet must have taken time, a negative one elsewhere, a
 * part that is not less than the whole.
 */
export function impossibleValues(values: Record<TimeMetric, number | null>): PacketRecord["flags"] {
  const flags: PacketRecord["flags"] = {};
  for (const [metric, leastNs, whole] of limits) {
    const value = values[metric];
    if (value === null) continue;
    if (leastNs !== null && value < leastNs)
      flags[metric] = value < 0 ? `negative: ${value} ns` : "no time at all: 0 ns";
    const most = whole === undefined ? null : values[whole];
    if (most !== null && value >= most) flags[metric] ??= `not less than ${whole}: ${value} of ${most} ns`;
  }
  return flags;
}

/** The last place that saw a lost packet. */
export function lastSeen(seen: Sightings): string | null {
  const homeward = pointNames.find((point) => seen[point]?.replyNs != null);
  if (homeward) return `${homeward} reply`;
  const outward = pointNames.findLast((point) => seen[point] !== undefined);
  return outward ? `${outward} request` : null;
}
