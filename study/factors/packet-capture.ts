import { z } from "zod";
import { factor } from "../factor.ts";

/** Off, so that what the captures themselves change can be measured: a packet that is captured takes longer. */
export const packetCapture = factor({
  words: "packet capture",
  schema: z
    .enum(["all", "none"])
    .default("all")
    .describe(
      "none: nothing is captured, so that what captures themselves change can be measured; RTT and CPU usage are left",
    ),
  recorded: z.literal("none").optional(),
  path: ["packetCapture"],
  columns: [{ name: "packet_capture", type: "VARCHAR", what: "none where captures were off; else NULL", absent: null }],
  role: "fixed",
  remakes: "runs",
  record: (value) => (value === "none" ? value : undefined),
  inName: (recorded) => (recorded === undefined ? "" : "_nocaptures"),
  levels: { of: "experiment", key: "packetCapture", optional: true },
  examples: [{ to: "none" }],
});
