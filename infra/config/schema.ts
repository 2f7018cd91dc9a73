import { z } from "zod";
import { hostsFile } from "../../lib/paths.ts";
import { orderSchema } from "../../measure/results/order.ts";
import { drivers } from "../vm/drivers.ts";
import { inventorySchema } from "./hosts.ts";

const driver = z.enum(drivers);
const driverOfEnds = z.union([driver, z.strictObject({ sender: driver, responder: driver })]);
const vlan = z.int().min(0).max(4094).default(0);

/** Most background VMs on a server (paper, section 3.1.2). */
const maxBackgroundVms = 128;

/** MiB that a Main VM takes by itself, which is the least it may have. */
export const leastGuestMiB = 96;

/**
 * The configuration of a stack: the one place that says which keys there are, what they mean, what they may be, and
 * what they are by default. Types, checks, error messages and docs/configuration.md come from it.
 */
export const configSchema = z.strictObject({
  hosts: z
    .union([z.string().min(1), inventorySchema])
    .default(hostsFile)
    .describe("the two servers, or the path of a JSON file with them (relative to the project)"),
  guestImage: z
    .string()
    .min(1)
    .default(".lab/guest")
    .describe("folder with the guests' kernel and initramfs and their manifest.json (`./lab images --guest` makes it)"),
  resultsDirectory: z.string().min(1).default("results").describe("where runs are published (relative to the project)"),

  mainDriver: driverOfEnds.describe("how the Main VMs are attached to the NIC; one driver, or one for each end"),
  mainVlan: vlan.describe("VLAN that the NIC puts the Main VMs' VFs into; 0: none"),
  backgroundVms: z
    .int()
    .min(0)
    .max(maxBackgroundVms)
    .default(0)
    .describe("background VMs on each server whose load needs some; 0: nobody competes, and load means nothing"),
  backgroundDriver: driverOfEnds
    .default("virtio-bridge")
    .describe("how the background VMs are attached to the NIC; one driver, or one for each end"),
  backgroundVlan: vlan.describe("VLAN that the NIC puts the background VMs' VFs into; 0: none"),
  loadType: z
    .enum(["none", "cpu", "network"])
    .default("none")
    .describe(
      "what background VMs do: nothing; stress-ng, with a fleet at the load location only; or one-way UDP from each to its counterpart on the other server",
    ),
  loadLocation: z
    .enum(["sender", "responder", "both"])
    .default("sender")
    .describe("server that is loaded; for network load the one that the bursts go to. Without load it means nothing"),
  cpuLoadPercent: z
    .int()
    .min(1)
    .max(100)
    .default(100)
    .describe("share of each virtual CPU that CPU load takes, per cent"),
  networkLoadMbps: z
    .number()
    .min(0.01)
    .max(100_000)
    .default(10)
    .describe("rate at which one background VM sends under network load, Mbit/s of UDP payload"),
  networkLoadPacketBytes: z
    .int()
    .min(128)
    .max(1472)
    .default(1400)
    .describe("UDP payload of a packet of network load, bytes"),
  networkLoadBurstPackets: z
    .int()
    .min(1)
    .max(1000)
    .default(16)
    .describe("packets of network load that leave together, before the sender waits as long as the rate asks"),

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
  order: orderSchema
    .optional()
    .describe("where this deployment stands in a campaign's order, to be recorded with its runs; it changes nothing"),
  cpuWindowSeconds: z
    .int()
    .min(1)
    .max(600)
    .default(10)
    .describe("window of CPU usage with ping inside it, and of the one without ping before it"),
  guestMemoryMiB: z.int().min(leastGuestMiB).max(65536).default(128).describe("memory of a Main VM"),
  guestCpus: z.int().min(1).max(64).default(1).describe("virtual CPUs of a Main VM"),
  backgroundMemoryMiB: z.int().min(160).max(65536).default(192).describe("memory of a background VM"),
  backgroundCpus: z.int().min(1).max(64).default(1).describe("virtual CPUs of a background VM"),

  parallelStarts: z.int().min(1).max(128).default(8).describe("VMs of one server that are started side by side"),
  readyWithinSeconds: z
    .int()
    .min(10)
    .max(7200)
    .default(600)
    .describe("time within which all VMs of a fleet must answer"),
});
export type Config = z.infer<typeof configSchema>;
