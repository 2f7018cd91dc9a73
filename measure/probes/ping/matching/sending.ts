import { mainMetric } from "../../../../study/metric-lists.ts";
import { pointNames } from "../../../../study/points.ts";
import type { PingReply } from "../parser/ping-lines.ts";
import type { PacketRecord } from "./packet-record.ts";
import type { Sightings } from "./packet-values.ts";
import { describeSending, type Sending } from "./sequence.ts";

/** From ping's stamps inside the packets where a capture has them all, else from what it printed less the RTT. */
export function sendingOf(
  packets: readonly PacketRecord[],
  sightings: readonly Sightings[],
  replies: ReadonlyMap<number, PingReply>,
): Sending | null {
  let originUs: number | undefined;
  const stamped = packets.flatMap(({ values }, at) => {
    const sentUs = pointNames.map((name) => sightings[at]?.[name]?.sentUs ?? null).find((us) => us !== null);
    if (sentUs === undefined) return [];
    originUs ??= sentUs;
    return [{ atNs: (sentUs - originUs) * 1000, rttNs: values[mainMetric] }];
  });
  if (stamped.length > 0 && stamped.length >= replies.size) return describeSending(stamped, "packets");
  let origin: bigint | undefined;
  const printed = packets.flatMap(({ index, values }) => {
    const rttNs = values[mainMetric];
    const at = replies.get(index)?.printedNs ?? null;
    if (at === null || rttNs === null) return [];
    origin ??= at;
    return [{ atNs: Number(at - origin) - rttNs, rttNs }];
  });
  return describeSending(printed, "printed");
}
