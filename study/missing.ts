import type { MetricId } from "./metrics.ts";
import type { PointName } from "./points.ts";

/** A metric that cannot be had: where it is lost, null where that is no capture point, and why. */
export interface Missing {
  metric: MetricId;
  at: PointName | null;
  reason: string;
}

/** The same for a reader: "sender.nic: the request is not in the capture". */
export const missingWords = ({ at, reason }: Omit<Missing, "metric">): string =>
  at === null ? reason : `${at}: ${reason}`;
