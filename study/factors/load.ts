import { z } from "zod";
import { type Competition, hasLoad } from "../competition.ts";
import { factor } from "../factor.ts";

const ofCpu = (config: Competition) => hasLoad(config, "cpu");
const ofNetwork = (config: Competition) => hasLoad(config, "network");

export const loadType = factor({
  words: "load type",
  schema: z
    .enum(["none", "cpu", "network"])
    .default("none")
    .describe(
      "what background VMs do: nothing; stress-ng, with a fleet at the load location only; or one-way UDP from each to its counterpart on the other server",
    ),
  recorded: z.enum(["cpu", "network"]),
  path: ["load", "type"],
  columns: [{ name: "load_type", type: "VARCHAR", what: "cpu or network; NULL without load", absent: null }],
  role: "block",
  remakes: "load",
  means: (config) => hasLoad(config),
  record: (value) => (value === "none" ? undefined : value),
  inName: (type, { background }) => (background === null ? "" : `_${type ?? "idle"}`),
  levels: { of: "experiment", key: "loadTypes" },
  examples: [
    { what: "load type: CPU to network (which needs both fleets)", to: "network" },
    { what: "load type: network to none", from: "network", to: "none" },
  ],
});

export const loadLocation = factor({
  words: "load location",
  schema: z
    .enum(["sender", "responder", "both"])
    .default("sender")
    .describe("server that is loaded; for network load the one that the bursts go to. Without load it means nothing"),
  recorded: z.enum(["sender", "responder", "both"]),
  path: ["load", "location"],
  columns: [
    { name: "load_location", type: "VARCHAR", what: "sender, responder or both; NULL without load", absent: null },
  ],
  role: "block",
  remakes: "load",
  means: (config) => hasLoad(config),
  inName: (location) => (location === undefined ? "" : `-at-${location}`),
  levels: { of: "experiment", key: "loadLocations" },
  examples: [
    { what: "network load: its direction", given: { loadType: "network" }, to: "responder" },
    { what: "CPU load: its location", to: "responder" },
  ],
});

export const cpuLoadPercent = factor({
  words: "share of each virtual CPU that CPU load takes",
  unit: "%",
  schema: z.int().min(1).max(100).default(100).describe("share of each virtual CPU that CPU load takes, per cent"),
  recorded: z.int().optional(),
  path: ["load", "percent"],
  columns: [
    {
      name: "load_cpu_percent",
      type: "INTEGER",
      what: "CPU load: share of each virtual CPU; else NULL",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "load",
  means: ofCpu,
  examples: [{ what: "CPU load: how much", to: 50 }],
});

export const networkLoadMbps = factor({
  words: "rate of a background VM under network load",
  unit: "Mbit/s",
  schema: z
    .number()
    .min(0.01)
    .max(100_000)
    .default(10)
    .describe("rate at which one background VM sends under network load, Mbit/s of UDP payload"),
  recorded: z.number().optional(),
  path: ["load", "mbps"],
  columns: [
    {
      name: "load_mbps",
      type: "DOUBLE",
      what: "network load: Mbit/s of UDP payload that a VM sends; else NULL",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "load",
  means: ofNetwork,
  examples: [{ what: "network load: how much", given: { loadType: "network" }, to: 5 }],
});

export const networkLoadPacketBytes = factor({
  words: "UDP payload of a packet of network load",
  unit: "bytes",
  schema: z.int().min(128).max(1472).default(1400).describe("UDP payload of a packet of network load, bytes"),
  recorded: z.int().optional(),
  path: ["load", "packetBytes"],
  columns: [
    {
      name: "load_packet_bytes",
      type: "INTEGER",
      what: "network load: UDP payload of a packet; else NULL",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "load",
  means: ofNetwork,
  examples: [{ what: "network load: its packets", given: { loadType: "network" }, to: 700 }],
});

export const networkLoadBurstPackets = factor({
  words: "packets in a burst of network load",
  schema: z
    .int()
    .min(1)
    .max(1000)
    .default(16)
    .describe("packets of network load that leave together, before the sender waits as long as the rate asks"),
  recorded: z.int().optional(),
  path: ["load", "burstPackets"],
  columns: [
    {
      name: "load_burst_packets",
      type: "INTEGER",
      what: "network load: packets that leave together; else NULL",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "load",
  means: ofNetwork,
  examples: [{ what: "network load: its bursts", given: { loadType: "network" }, to: 8 }],
});
