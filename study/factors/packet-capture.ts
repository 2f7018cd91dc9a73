import { z } from "zod";
import { factor } from "../factor.ts";

/** Off or doubled, so that what captures themselves change can be measured: a packet that is captured takes longer. */
export const packetCapture = factor({
  words: "packet capture",
  schema: z
    .enum(["all", "none", "twice"])
    .default("all")
    .describe(
      "none: nothing is captured, so that what captures themselves change can be measured; RTT and CPU usage are left. twice: a second tcpdump at each point captures the same packets, into a file of its own",
    ),
  recorded: z.enum(["none", "twice"]).optional(),
  path: ["packetCapture"],
  columns: [
    {
      name: "packet_capture",
      type: "VARCHAR",
      what: "none where captures were off, twice where each point had two; else NULL",
      absent: null,
    },
  ],
  role: "fixed",
  remakes: "runs",
  record: (value) => (value === "all" ? undefined : value),
  inName: (recorded) => (recorded === undefined ? "" : { none: "_nocaptures", twice: "_capturedtwice" }[recorded]),
  levels: { of: "experiment", key: "packetCapture", optional: true },
  examples: [{ to: "none" }, { what: "packet capture: at each point twice", to: "twice" }],
});
