import { z } from "zod";
import { sha256Schema } from "../../lib/sha256-schema.ts";
import { cpuRate } from "../../study/loads/load-kind.ts";
import { guestRateShapeOf, loadKinds } from "../../study/loads/loads.ts";
import { type MetricId, metrics } from "../../study/metrics.ts";
import { pointNames } from "../../study/points.ts";
import { scenarioSchema } from "../../study/scenario.ts";
import { differenceSchema, serverConditionsSchema } from "./conditions.ts";
import { clockRecordSchema, fidelities } from "./fidelity.ts";
import { orderSchema } from "./order.ts";

const perRole = <T extends z.ZodType>(value: T) => z.object({ sender: value, responder: value });

/** Statistics of one metric over the values of a run, in milliseconds where it is a time; or why there is none. */
export const metricSummarySchema = z.union([
  z.object({
    n: z.int().min(1),
    median: z.number(),
    p05: z.number(),
    p95: z.number(),
    min: z.number(),
    max: z.number(),
  }),
  z.object({ unavailable: z.string() }),
]);
export type MetricSummary = z.infer<typeof metricSummarySchema>;

const missingSchema = z.object({
  metric: z.enum(Object.keys(metrics) as MetricId[]),
  at: z.enum(pointNames).nullable(),
  reason: z.string(),
});

/** The windows, in samples or, which is the same, in seconds since sampling began. */
const cpuWindowShape = {
  beforeSamples: z.tuple([z.int(), z.int()]),
  duringSamples: z.tuple([z.int(), z.int()]),
};
const cpuSchema = z.union([
  /** 100 - idle, in percent of all CPUs of the server: mean over the window before ping, and over the one with ping in it. */
  z.object({ before: z.number(), during: z.number(), ...cpuWindowShape }),
  /** Of a run without mpstat: its windows were as long. */
  z.object({ unavailable: z.string(), ...cpuWindowShape }),
]);
export type CpuRecord = z.infer<typeof cpuSchema>;

/** One capture: its file in the probe's folder, the interface, and what tcpdump counted. */
const captureSchema = z.object({
  hop: z.enum(["nic", "virt"]),
  interface: z.string(),
  file: z.string(),
  captured: z.int(),
  receivedByFilter: z.int(),
  droppedByKernel: z.int(),
});
export type CaptureRecord = z.infer<typeof captureSchema>;

/** What a background VM did while a run was measured; null where nobody knows. */
const backgroundUseSchema = z.object({
  vm: z.string(),
  /** In per cent of one CPU of its server; null for a VM that was not there all the time. */
  [cpuRate]: z.number().nullable(),
  /** By the guest's own count; null under other load, left out where there was no such load yet. */
  ...guestRateShapeOf(z.number().nullable().optional(), loadKinds),
});
export type BackgroundUse = z.infer<typeof backgroundUseSchema>;

/** What a run says of one of its probes. */
const probeRecordSchema = z.object({
  id: z.string(),
  /** What it was told. */
  parameters: z.record(z.string(), z.unknown()),
  /** Of its files, from the run's folder; empty where they lie in that itself, as in runs of before. */
  folder: z.string(),
  captures: perRole(z.array(captureSchema)),
  cpu: perRole(cpuSchema),
  /** The clock that the servers shared meanwhile; left out where each had its own. */
  sharedClock: clockRecordSchema.optional(),
  metrics: z.record(z.string(), metricSummarySchema),
  /** What else it found. */
  details: z.record(z.string(), z.unknown()),
});
export type ProbeRecord = z.infer<typeof probeRecordSchema>;

export const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  status: z.enum(["valid", "invalid"]),
  /** Why the run does not count; empty when it does. */
  problems: z.array(z.string()),
  scenario: scenarioSchema,
  scenarioSha256: sha256Schema,
  environmentSha256: sha256Schema,
  /** What `environmentSha256` is the hash of. */
  environment: z.record(z.string(), z.unknown()),
  fidelity: z.enum(fidelities),
  replicate: z.int().min(1),
  run: z.int().min(1),
  /** Where its deployment stands in a campaign's order; left out where nobody planned one. */
  order: orderSchema.optional(),
  token: z.string(),
  attempt: z.int().min(1),
  seed: z.int(),
  started: z.iso.datetime(),
  ended: z.iso.datetime(),
  /** Serves to tell deployments apart: the boot of each Main VM (its domain's UUID and its server's start stamp). */
  deployment: perRole(z.string()),
  /** By their names from the run's folder. */
  files: z.record(z.string(), z.object({ sha256: sha256Schema, bytes: z.int().min(0) })),
  unavailable: z.record(z.string(), z.string()),
  /** Every metric that the run cannot have, with the capture point and the reason; runs of before have `unavailable` alone. */
  missing: z.array(missingSchema).optional(),
  clocks: perRole(z.string()),
  /** By server; left out where there are no background VMs. */
  background: perRole(z.array(backgroundUseSchema)).optional(),
  pinning: perRole(z.int().nullable()),
  /** In which state the servers were before the run; left out where nobody looked yet. */
  conditions: perRole(serverConditionsSchema).optional(),
  /** When this run was refused before it was measured, and why; left out where it never was. */
  refused: z.array(z.object({ at: z.iso.datetime(), differences: z.array(differenceSchema) })).optional(),
  /** What servers and guests said of themselves before and after, by name of the fact. */
  facts: z.record(z.string(), z.unknown()),
  /** In the order in which they measured. */
  probes: z.array(probeRecordSchema).min(1),
});
export type Manifest = z.infer<typeof manifestSchema>;
