import { type Role, roles } from "../../lib/roles.ts";
import { cpuMetrics, publishedMetrics, publishedName, timeMetrics } from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";
import type { Missing } from "../../study/missing.ts";
import { type PointName, pointNames, roleOfPoint } from "../../study/points.ts";
import type { Manifest } from "./manifest.ts";

/** Why capture points have no captures. */
export type MissingCaptures = Partial<Record<PointName, string>>;

/** What a run cannot have, as its manifest tells it. */
export type UnavailableRecord = Pick<Manifest, "missing" | "unavailable">;

/** "rttOverheadMs" was always called rttOverhead where it is missing. */
const nameIfMissing = (metric: (typeof publishedMetrics)[number]) => publishedName(metric).replace(/Ms$/, "");

/**
 * Every metric that needs such a capture, with the point and the reason, once a server, the published ones in words beside; and CPU usage.
 * @param cpuUsage why there is none; null where there is
 */
export function unavailableRecord(reasons: MissingCaptures, cpuUsage: string | null = null): UnavailableRecord {
  const uncaptured = roles.flatMap((role) =>
    timeMetrics.flatMap((metric): Missing[] => {
      const points: readonly PointName[] = metrics[metric].points;
      const at = points.find((point) => roleOfPoint(point) === role && reasons[point] !== undefined);
      return at === undefined ? [] : [{ metric, at, reason: reasons[at] ?? "" }];
    }),
  );
  const words = uncaptured.flatMap(({ metric, at, reason }) => {
    const published = publishedMetrics.find((known) => known === metric);
    return published === undefined || at === null
      ? []
      : [[nameIfMissing(published), `at the ${roleOfPoint(at)}: ${reason}`]];
  });
  const unsampled =
    cpuUsage === null ? [] : cpuMetrics.map((metric): Missing => ({ metric, at: null, reason: cpuUsage }));
  return { missing: [...uncaptured, ...unsampled], unavailable: Object.fromEntries(words) };
}

/** Runs that were measured before `missing` was written have the words alone. */
function reasonFromWords({ unavailable }: Pick<Manifest, "unavailable">, role: Role): string | undefined {
  const metric = publishedMetrics.find((metric) => metrics[metric].points.some((point) => roleOfPoint(point) === role));
  return metric && unavailable[nameIfMissing(metric)]?.replace(`at the ${role}: `, "");
}

/** Why capture points are missing, as a manifest says. */
export function missingCaptures(manifest: UnavailableRecord): MissingCaptures {
  const reasonOf = (point: PointName) =>
    manifest.missing === undefined
      ? reasonFromWords(manifest, roleOfPoint(point))
      : manifest.missing.find(({ at }) => at === point)?.reason;
  return Object.fromEntries(
    pointNames.flatMap((point) => {
      const reason = reasonOf(point);
      return reason === undefined ? [] : [[point, reason]];
    }),
  );
}
