import type { IndexedPoint } from "./points.ts";

/** A capture point of a run: why it is unavailable, or what it saw of ping's packets. */
export type PointSummary =
  | { unavailable: string }
  | {
      requests: number;
      replies: number;
      /** Requests that ping sent and the capture does not have. */
      missing: number;
      /** Frames beyond the first of a request or reply: a NIC that echoes what it sends, or duplicates on the wire. */
      copies: number;
    };

/**
 * What one point saw of a run.
 * @param reason why there is no point
 * @param sent requests that ping sent
 */
export function summarisePoint(
  point: IndexedPoint | undefined,
  reason: string | undefined,
  sent: number,
): PointSummary {
  if (!point) return { unavailable: reason ?? "not captured" };
  const exchanges = [...point.byIndex.values()];
  return {
    requests: exchanges.length,
    replies: exchanges.filter(({ replyNs }) => replyNs !== null).length,
    missing: sent - [...point.byIndex.keys()].filter((index) => index <= sent).length,
    copies: exchanges.reduce((sum, { duplicates, requestCopies }) => sum + duplicates + requestCopies, 0),
  };
}
