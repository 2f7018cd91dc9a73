import { z } from "zod";

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What a run's numbers depend on by design (STUDY: factors). Fields are only added, never renamed. */
const factorsSchema = z.object({
  mainDriver: z.object({ sender: z.string(), responder: z.string() }),
  /**
   * Background VMs on each server that has some; null without any. A driver for each end where they differ:
   * "SENDER~RESPONDER". Memory and CPUs are those of one VM.
   */
  background: z
    .object({
      vms: z.int().min(1),
      driver: z.string(),
      memoryMiB: z.int().optional(),
      vcpus: z.int().optional(),
    })
    .nullable(),
  /** What the background VMs do and where; null when they do nothing or are none. Of network load the location is where it goes. */
  load: z
    .object({
      type: z.enum(["cpu", "network"]),
      location: z.enum(["sender", "responder", "both"]),
      /** CPU: share of each virtual CPU, per cent. */
      percent: z.int().optional(),
      /** Network: what one VM sends, Mbit/s of UDP payload; payload of a packet; packets that leave together. */
      mbps: z.number().optional(),
      packetBytes: z.int().optional(),
      burstPackets: z.int().optional(),
    })
    .nullable(),
  packets: z.int().min(1),
  frameBytes: z.int(),
  pingRatePps: z.int(),
  neighbour: z.enum(["permanent", "dynamic"]),
  cpuWindowSeconds: z.int(),
  guest: z.object({ memoryMiB: z.int(), vcpus: z.int() }),
  /** VLANs that the NIC puts VFs into, 0 for none; left out where there is none at all. */
  vlan: z.object({ main: z.int(), background: z.int() }).optional(),
});
export type Factors = z.infer<typeof factorsSchema>;

/** A scenario: its factors, their hash (of their canonical JSON; the number of runs is no factor), and a name for people. */
export const scenarioSchema = z.object({ name: z.string(), sha256: hash, factors: factorsSchema });
export type Scenario = z.infer<typeof scenarioSchema>;
