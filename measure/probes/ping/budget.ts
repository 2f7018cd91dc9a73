import { type TimedFactors, timingOf } from "../../../study/terms.ts";
import type { Fidelity } from "../../results/fidelity.ts";
import type { ProbeBudget } from "../probe.ts";

/** Seconds that ping waits for the last reply when it has never had one (its -W). */
export const lingerSeconds = 2;

/**
 * Milliseconds from request to request on the slowest path that still counts as working. ping sends at its rate, or after
 * 10 ms where that is above 1000 a second, and later when its VM gets no CPU.
 */
const slowestPacketMs: Record<Fidelity, number> = {
  hardware: 20,
  emulated: 250,
  "emulated-virtual": 50,
  "emulated-kvm": 250,
};

/** A line of ping is 90 bytes; a packet may have two (an error, a duplicate). */
const bytesPerPacket = 200;

/** How long ping may take for its packets. */
export function pingBudget(factors: TimedFactors, fidelity: Fidelity): ProbeBudget {
  const { packets, ratePps, windowSeconds } = timingOf(factors);
  const intervalMs = 1000 / ratePps;
  return {
    windowSeconds,
    usualSeconds: (packets * intervalMs) / 1000,
    limitSeconds: Math.ceil((packets * Math.max(intervalMs, slowestPacketMs[fidelity])) / 1000) + 10 * lingerSeconds,
    askEveryMs: Math.min(5000, Math.max(1000, packets / 20)),
    outputBytes: 4096 + packets * bytesPerPacket,
  };
}
