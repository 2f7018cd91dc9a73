import { z } from "zod";
import { LabError } from "../../../lib/errors.ts";
import { byPublishedName } from "../../../study/metric-lists.ts";
import { type Manifest, metricSummarySchema, type ProbeRecord } from "../../results/manifest.ts";
import { recordedParametersSchema } from "./parameters.ts";

/** What a manifest says of ping beside its metrics. */
const detailsSchema = z.object({
  achievedRatePps: z.number().nullable(),
  transmitted: z.int(),
  received: z.int(),
  duplicates: z.int(),
  maxInFlight: z.int().nullable(),
  seconds: z.number(),
  /** ARP frames in the captures. */
  neighbourFrames: z.int(),
  /** Packets whose value is impossible, by metric. */
  flagged: z.record(z.string(), z.int()),
  /** Bounds of the Sender server's clock's rate error against the Sender VM's, parts per million; null when there are none. */
  clockRateErrorPpm: z.object({ low: z.number(), high: z.number() }).nullable(),
});
export type PingDetails = z.infer<typeof detailsSchema>;

const recordSchema = z.object({
  parameters: recordedParametersSchema,
  details: detailsSchema,
  metrics: z.object(byPublishedName(() => metricSummarySchema)),
});
/** What a manifest says of ping. */
export type PingRecord = Omit<ProbeRecord, keyof z.infer<typeof recordSchema>> & z.infer<typeof recordSchema>;

/** @throws LabError when the run has no ping */
export function pingRecord({ probes }: Pick<Manifest, "probes">): PingRecord {
  const found = probes.find(({ id }) => id === "ping");
  if (found === undefined) throw new LabError("the run was measured without ping");
  return { ...found, ...recordSchema.parse(found) };
}
