import { z } from "zod";
import { stampMapSchema } from "../../lib/stamp-map.ts";

/**
 * What servers are: hardware; emulated, whose times are those of an emulator on this machine's clock; emulated-virtual, whose
 * times count instructions; or emulated-kvm, whose network cards are emulated and whose CPUs are this machine's. Results of different fidelity are never mixed.
 */
export const fidelities = ["hardware", "emulated", "emulated-virtual", "emulated-kvm"] as const;
export type Fidelity = (typeof fidelities)[number];

/** Whether only the order of times counts, and not their size. */
export const isEmulated = (fidelity: string) => fidelity !== "hardware";

/**
 * A clock that both servers can be put on together: virtual time, in which the two run in step. Servers that have none run on
 * their own clocks, and a run asks for nothing.
 */
export const sharedClockSchema = z.strictObject({
  kind: z.literal("virtual").describe("virtual: instructions are counted, and both servers run in step during a run"),
  sockets: z
    .strictObject({ sender: z.string(), responder: z.string() })
    .describe("unix sockets on this machine where each server is told to step"),
  nsPerInstruction: z.number().positive().describe("nanoseconds that an instruction takes"),
  wireLatencyNs: z.int().positive().describe("how long a frame is on the wire between the servers, nanoseconds"),
});
export type SharedClock = z.infer<typeof sharedClockSchema>;

/** What a server's plugin counted in step (emulator/virtual-time/plugin/step.h and wire.h). */
export const stepCountsSchema = z.object({
  barriers: z.int(),
  skips: z.int(),
  waits: z.int(),
  waitedNs: z.int(),
  virtualNs: z.int(),
  baseNs: z.int(),
  overshootNs: z.int(),
  frames: z.int(),
  lostFrames: z.int(),
  lateFrames: z.int(),
  latestNs: z.int(),
});
export type StepCounts = z.infer<typeof stepCountsSchema>;

/** The shared clock of a run, and what each server counted on it. */
export const clockRecordSchema = z.object({
  kind: z.literal("virtual"),
  nsPerInstruction: z.number(),
  wireLatencyNs: z.int(),
  /** Seconds of this machine from joining the servers to letting them go; `counts` has the virtual time. */
  wallSeconds: z.number(),
  counts: z.object({ sender: stepCountsSchema, responder: stepCountsSchema }),
  /** Where each server's stamps lie on it. */
  stamps: z.object({ sender: stampMapSchema, responder: stampMapSchema }),
});
export type ClockRecord = z.infer<typeof clockRecordSchema>;
