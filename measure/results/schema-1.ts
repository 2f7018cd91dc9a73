import { z } from "zod";
import { type Manifest, manifestSchema } from "./manifest.ts";

/**
 * Schema 1 knew one probe, ping, whose members stood among those of the run and whose files lay in the run's folder. What is told of
 * it here is what schema 2 has in other places.
 */
const pingSchema = z.object({
  pingId: z.int(),
  scenario: z.object({ factors: z.object({ packets: z.int() }) }),
  ping: z.looseObject({ requestedRatePps: z.int() }),
  captures: z.unknown(),
  cpu: z.unknown(),
  sharedClock: z.unknown().optional(),
  metrics: z.unknown(),
  neighbourFrames: z.int(),
  flagged: z.record(z.string(), z.int()),
  clockRateErrorPpm: z.unknown(),
});

/** A manifest of schema 1 in today's shape. @throws ZodError when it is none */
export function fromSchema1(manifest: object): Manifest {
  const { ping, ...found } = pingSchema.parse(manifest);
  const { requestedRatePps, ...counted } = ping;
  const { packets } = found.scenario.factors;
  const { neighbourFrames, flagged, clockRateErrorPpm, captures, cpu, sharedClock, metrics } = found;
  return manifestSchema.parse({
    ...manifest,
    schemaVersion: 2,
    probes: [
      {
        id: "ping",
        parameters: { pingId: found.pingId, packets, ratePps: requestedRatePps },
        folder: "",
        captures,
        cpu,
        sharedClock,
        metrics,
        details: { ...counted, neighbourFrames, flagged, clockRateErrorPpm },
      },
    ],
  });
}
