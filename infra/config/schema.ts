import { z } from "zod";
import { drivers } from "../vm/drivers.ts";
import { inventorySchema } from "./hosts.ts";

const driver = z.enum(drivers);

/**
 * The configuration of a stack: the one place that says which keys there are, what they mean, what they may be, and
 * what they are by default. Types, checks, error messages and docs/configuration.md come from it.
 */
export const configSchema = z.strictObject({
  hosts: z
    .union([z.string().min(1), inventorySchema])
    .default(".lab/hosts.json")
    .describe("the two servers, or the path of a JSON file with them (relative to the project)"),
  guestImage: z
    .string()
    .min(1)
    .default(".lab/guest")
    .describe("folder with the guests' kernel and initramfs and their manifest.json (`./lab images` makes it)"),
  resultsDirectory: z.string().min(1).default("results").describe("where runs are published (relative to the project)"),

  mainDriver: z
    .union([driver, z.strictObject({ sender: driver, responder: driver })])
    .describe("how the Main VMs are attached to the NIC; one driver, or one for each end"),
  loadLocation: z
    .enum(["sender", "responder"])
    .default("sender")
    .describe("server whose background VMs make load; without background VMs it means nothing"),

  packets: z.int().min(1).max(65535).default(100).describe("echo requests in a run"),
  frameBytes: z
    .int()
    .min(64)
    .max(1518)
    .default(64)
    .describe("size of an echo request's Ethernet frame with its check sequence, in bytes"),
  pingRatePps: z
    .union([z.literal(1000), z.literal(1_000_000)])
    .default(1000)
    .describe("requested ping frequency in packets per second; what was achieved is recorded beside it"),
  neighbour: z
    .enum(["permanent", "dynamic"])
    .default("permanent")
    .describe("permanent: the Main VMs know each other's MAC address; dynamic: they ask by ARP"),
  runs: z.int().min(1).max(1000).default(10).describe("runs of this scenario in one deployment"),
  replicate: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe("number of this deployment among equal ones; each has runs of its own"),
  cpuWindowSeconds: z
    .int()
    .min(1)
    .max(600)
    .default(10)
    .describe("window of CPU usage with ping inside it, and of the one without ping before it"),
  guestMemoryMiB: z.int().min(96).max(65536).default(128).describe("memory of a guest"),
  guestCpus: z.int().min(1).max(64).default(1).describe("virtual CPUs of a guest"),
});
export type Config = z.infer<typeof configSchema>;
