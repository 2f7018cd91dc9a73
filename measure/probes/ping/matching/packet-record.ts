import type { TimeMetric } from "../../../../study/metric-lists.ts";
import type { Missing } from "../../../../study/missing.ts";

/** One ping packet of a run. */
export interface PacketRecord {
  /** Number of the request, from 1, without wraparound. */
  index: number;
  /** icmp_seq on the wire. */
  seq: number;
  /** Every metric, in nanoseconds; null where it is unavailable. A flagged value stays here and out of averages. */
  values: Record<TimeMetric, number | null>;
  /** Why a value is null. */
  missing: Partial<Record<TimeMetric, Missing>>;
  /** Why a value that is there must not be averaged. */
  flags: Partial<Record<TimeMetric, string>>;
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
export const usableValues = (packets: readonly PacketRecord[], metric: TimeMetric): number[] =>
  packets.flatMap(({ values, flags }) => {
    const value = values[metric];
    return value === null || flags[metric] !== undefined ? [] : [value];
  });
