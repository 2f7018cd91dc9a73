import { z } from "zod";
import { childProgram } from "../../lib/child-program.ts";
import { sha256Schema } from "../../lib/sha256-schema.ts";
import { metricSummarySchema } from "../results/manifest.ts";
import { runSpecSchema } from "./spec.ts";

const metricsSchema = z.record(z.string(), metricSummarySchema);

/** What a run's resource says of it. */
const runOutcomeSchema = z.object({
  run: z.int().min(1),
  replicate: z.int().min(1),
  directory: z.string().min(1),
  manifestSha256: sha256Schema,
  measured: z.boolean(),
  /** Packets of ping, and CPU usage while it measured in per cent of all CPUs of a server; a state of before has neither. */
  packets: z.object({ transmitted: z.int(), received: z.int() }).optional(),
  cpu: z.object({ sender: z.number(), responder: z.number() }).optional(),
  /** Metrics by probe. A state of before has the metrics of ping by themselves, the only probe that there was. */
  summary: z.union([
    z.record(z.string(), metricsSchema),
    metricsSchema.transform((ping): Record<string, typeof ping> => ({ ping })),
  ]),
});
export type RunOutcome = z.infer<typeof runOutcomeSchema>;

/** measure/probe/main.ts: measures a run. */
export const runProgram = childProgram("LAB_RUN", runSpecSchema, runOutcomeSchema);
