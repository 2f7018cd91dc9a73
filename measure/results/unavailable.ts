import { type Role, roles } from "../../lib/roles.ts";
import { publishedMetrics, publishedName, timeMetrics } from "../../study/metric-lists.ts";
import { metrics } from "../../study/metrics.ts";
import type { Missing } from "../../study/missing.ts";
import { type PointName, roleOfPoint } from "../../study/points.ts";
import type { Manifest } from "./manifest.ts";

/** Why a server's capture points have no captures, by server. */
export type MissingCaptures = Partial<Record<Role, string>>;

/** What a run cannot have without these captures, as its manifest tells it. */
export type UnavailableRecord = Pick<Manifest, "missing" | "unavailable">;

const pointOf = (metric: (typeof timeMetrics)[number], role: Role): PointName | undefined =>
  metrics[metric].points.find((point) => roleOfPoint(point) === role);

/** "rttOverheadMs" was always called rttOverhead where it is missing. */
const nameIfMissing = (metric: (typeof publishedMetrics)[number]) => publishedName(metric).replace(/Ms$/, "");

/** Every metric that needs a capture of such a server, with the point and the reason; the published ones in words beside. */
export function unavailableRecord(reasons: MissingCaptures): UnavailableRecord {
  const missing = roles.flatMap((role) => {
    const reason = reasons[role];
    return timeMetrics.flatMap((metric): Missing[] => {
      const at = pointOf(metric, role);
      return reason === undefined || at === undefined ? [] : [{ metric, at, reason }];
    });
  });
  const words = missing.flatMap(({ metric, at, reason }) => {
    const published = publishedMetrics.find((one) => one === metric);
    return published === undefined || at === null
      ? []
      : [[nameIfMissing(published), `at the ${roleOfPoint(at)}: ${reason}`]];
  });
  return { missing, unavailable: Object.fromEntries(words) };
}

/** Runs that were measured before `missing` was written have the words alone. */
function reasonFromWords({ unavailable }: Pick<Manifest, "unavailable">, role: Role): string | undefined {
  const metric = publishedMetrics.find((one) => metrics[one].points.some((point) => roleOfPoint(point) === role));
  return metric && unavailable[nameIfMissing(metric)]?.replace(`at the ${role}: `, "");
}

/** Why a server's capture points are missing, as a manifest says. */
export function missingCaptures(manifest: UnavailableRecord): MissingCaptures {
  const reasonOf = (role: Role) =>
    manifest.missing === undefined
      ? reasonFromWords(manifest, role)
      : manifest.missing.find(({ at }) => at !== null && roleOfPoint(at) === role)?.reason;
  return Object.fromEntries(
    roles.flatMap((role) => {
      const reason = reasonOf(role);
      return reason === undefined ? [] : [[role, reason]];
    }),
  );
}
