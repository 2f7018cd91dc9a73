import { z } from "zod";

/**
 * Where the stamps of a server lie on the clock that both servers share: its real time `realtimeNs` was `stepNs` there, known to
 * within `errorNs`, and the shared clock goes `rate` times as fast.
 */
export const stampMapSchema = z.object({
  /** Nanoseconds since the epoch, in decimal digits: more than a number of JSON holds. */
  realtimeNs: z.string().regex(/^\d{1,19}$/),
  stepNs: z.number(),
  rate: z.number().positive(),
  errorNs: z.number().min(0),
});
export type StampMap = z.infer<typeof stampMapSchema>;

/** A stamp of a server on the shared clock, in nanoseconds. */
export const onSharedClock = ({ realtimeNs, stepNs, rate }: StampMap, stampNs: bigint): number =>
  stepNs + Number(stampNs - BigInt(realtimeNs)) * rate;
