import { z } from "zod";

/** What a run's ping is told. */
export const pingParametersSchema = z.object({
  /** ICMP identifier of its echo requests. */
  pingId: z.int().min(1).max(65535),
  packets: z.int().min(1),
  ratePps: z.int(),
  /** What a frame has beside its headers and check sequence. */
  payloadBytes: z.int(),
});
/** What a manifest says that it was told: schema 1 did not say the payload, which its scenario tells. */
export const recordedParametersSchema = pingParametersSchema.partial({ payloadBytes: true });
export type PingParameters = z.infer<typeof pingParametersSchema>;
