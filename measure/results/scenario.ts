import { z } from "zod";

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What a run's numbers depend on by design (STUDY: factors). Fields are only added, never renamed. */
export const factorsSchema = z.object({
  mainDriver: z.object({ sender: z.string(), responder: z.string() }),
  /** Background VMs on each server that has some; null without any. */
  background: z.object({ vms: z.int().min(1), driver: z.string() }).nullable(),
  /** What the background VMs do and where; null when they do nothing or are none. */
  load: z.object({ type: z.enum(["cpu", "network"]), location: z.enum(["sender", "responder", "both"]) }).nullable(),
  packets: z.int().min(1),
  frameBytes: z.int(),
  pingRatePps: z.int(),
  neighbour: z.enum(["permanent", "dynamic"]),
  cpuWindowSeconds: z.int(),
  guest: z.object({ memoryMiB: z.int(), vcpus: z.int() }),
});
export type Factors = z.infer<typeof factorsSchema>;

/** A scenario: its factors, their hash (of their canonical JSON; the number of runs is no factor), and a name for people. */
export const scenarioSchema = z.object({ name: z.string(), sha256: hash, factors: factorsSchema });
export type Scenario = z.infer<typeof scenarioSchema>;
