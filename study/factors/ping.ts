import { z } from "zod";
import { factor } from "../factor.ts";

/** A ping frequency in one word: "1kpps", "1Mpps". */
const rateWord = (pps: number) => (pps === 1_000_000 ? "1Mpps" : `${pps / 1000}kpps`);

export const pingRatePps = factor({
  words: "ping frequency",
  unit: "packets/s",
  schema: z
    .union([z.literal(1000), z.literal(1_000_000)])
    .default(1000)
    .describe("requested ping frequency in packets per second; what was achieved is recorded beside it"),
  recorded: z.int(),
  path: ["pingRatePps"],
  columns: [
    { name: "ping_rate_pps", type: "INTEGER", what: "ping frequency asked for, packets a second", absent: null },
  ],
  role: "block",
  remakes: "runs",
  inName: (pps) => (pps === undefined ? "" : `_${rateWord(pps)}`),
  levels: { of: "experiment", key: "pingRatesPps" },
  examples: [{ to: 1_000_000 }],
});

export const packets = factor({
  words: "packets in a run",
  schema: z.int().min(1).max(65535).default(100).describe("echo requests in a run"),
  recorded: z.int().min(1),
  path: ["packets"],
  columns: [{ name: "packets", type: "INTEGER", what: "echo requests asked for", absent: null }],
  role: "fixed",
  remakes: "runs",
  examples: [{ to: 1000 }],
});

/** Ethernet header 14, frame check sequence 4: what a frame has beside its packet. */
export const ethernetBytes = 18;

export const frameBytes = factor({
  words: "frame size",
  unit: "bytes",
  schema: z
    .int()
    .min(64)
    .max(1518)
    .default(64)
    .describe("size of an echo request's Ethernet frame with its check sequence, in bytes"),
  recorded: z.int(),
  path: ["frameBytes"],
  columns: [
    { name: "frame_bytes", type: "INTEGER", what: "size of an Ethernet frame, with its checksum", absent: null },
  ],
  role: "fixed",
  remakes: "runs",
  examples: [{ to: 1518 }],
});

export const neighbour = factor({
  words: "neighbour entries of the Main VMs",
  schema: z
    .enum(["permanent", "dynamic"])
    .default("permanent")
    .describe("permanent: the Main VMs know each other's MAC address; dynamic: they ask by ARP"),
  recorded: z.enum(["permanent", "dynamic"]),
  path: ["neighbour"],
  columns: [{ name: "neighbour", type: "VARCHAR", what: "permanent or dynamic neighbour entries", absent: null }],
  role: "fixed",
  remakes: "Main VMs",
  examples: [{ what: "neighbours: permanent to dynamic", to: "dynamic" }],
});

export const cpuWindowSeconds = factor({
  words: "window of CPU usage",
  unit: "s",
  schema: z
    .int()
    .min(1)
    .max(600)
    .default(10)
    .describe("window of CPU usage with ping inside it, and of the one without ping before it"),
  recorded: z.int(),
  path: ["cpuWindowSeconds"],
  columns: [{ name: "cpu_window_seconds", type: "INTEGER", what: "length of mpstat's window", absent: null }],
  role: "fixed",
  remakes: "runs",
  examples: [{ to: 20 }],
});
