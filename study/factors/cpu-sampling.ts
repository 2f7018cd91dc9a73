import { z } from "zod";
import { factor } from "../factor.ts";

/** Off, so that what sampling itself changes can be measured: mpstat reads the counters of all CPUs each second. */
export const cpuSampling = factor({
  words: "sampling of CPU usage",
  schema: z
    .enum(["mpstat", "none"])
    .default("mpstat")
    .describe(
      "none: mpstat does not run, so that what it changes itself can be measured; windows stay as long, CPU usage is unavailable",
    ),
  recorded: z.literal("none").optional(),
  path: ["cpuSampling"],
  columns: [{ name: "cpu_sampling", type: "VARCHAR", what: "none where mpstat did not run; else NULL", absent: null }],
  role: "fixed",
  remakes: "runs",
  record: (value) => (value === "none" ? value : undefined),
  inName: (recorded) => (recorded === undefined ? "" : "_nompstat"),
  levels: { of: "experiment", key: "cpuSampling", optional: true },
  examples: [{ to: "none" }],
});
