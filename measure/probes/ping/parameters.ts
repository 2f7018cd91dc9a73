import { z } from "zod";

/** What a run's ping is told. */
export const pingParametersSchema = z.object({
  /** ICMP identifier of its echo requests. */
  pingId: z.int().min(1).max(65535),
  destination: z.string(),
  packets: z.int().min(1),
  ratePps: z.int(),
  /** What a frame has beside its headers and check sequence. */
  payloadBytes: z.int(),
});
export type PingParameters = z.infer<typeof pingParametersSchema>;
