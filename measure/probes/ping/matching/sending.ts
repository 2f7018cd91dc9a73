import { mainMetric } from "../../../../study/metric-lists.ts";
import { pointNames } from "../../../../study/points.ts";
import type { PingReply } from "../parser/ping-lines.ts";
import type { PacketRecord } from "./packet-record.ts";
import type { Sightings } from "./packet-values.ts";
import { describeSending, type Sending } from "./sequence.ts";

/** When the requests of a run left. */
export interface SendTimes {
  source: Sending["source"];
  /** Of each, nanoseconds by the Sender VM's clock after the first one that is known; null where it is not. */
  atNs: readonly (number | null)[];
}

/** @param stamps nanoseconds since some epoch */
function fromFirst(stamps: readonly (bigint | null)[]): (number | null)[] {
  const first = stamps.find((stamp) => stamp !== null);
  return stamps.map((stamp) => (stamp === null || first === undefined ? null : Number(stamp - first)));
}

/**
 * From ping's stamps inside the packets where a capture has them all, else from what it printed less the RTT.
 * @param sightings an entry for each request
 * @param replies by number of the request, from 1
 */
export function sendTimesOf(sightings: readonly Sightings[], replies: ReadonlyMap<number, PingReply>): SendTimes {
  const stamped = sightings.map((seen) => {
    const sentUs = pointNames.map((name) => seen[name]?.sentUs ?? null).find((us) => us !== null);
    return sentUs === undefined ? null : BigInt(sentUs) * 1000n;
  });
  const known = stamped.filter((stamp) => stamp !== null).length;
  if (known > 0 && known >= replies.size) return { source: "packets", atNs: fromFirst(stamped) };
  const printed = sightings.map((_, at) => {
    const { printedNs, rttNs } = replies.get(at + 1) ?? { printedNs: null, rttNs: null };
    return printedNs === null || rttNs === null ? null : printedNs - BigInt(rttNs);
  });
  return { source: "printed", atNs: fromFirst(printed) };
}

/** How the requests of a run left; null where that is known of one at most. */
export const sendingOf = (packets: readonly PacketRecord[], { source, atNs }: SendTimes): Sending | null =>
  describeSending(
    packets.flatMap(({ values }, at) => {
      const sentNs = atNs[at] ?? null;
      return sentNs === null ? [] : [{ atNs: sentNs, rttNs: values[mainMetric] }];
    }),
    source,
  );
