import { z } from "zod";
import { factor } from "../factor.ts";
import { cpuSign, loadKind } from "./load-kind.ts";

const cpuLoadPercent = factor({
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
  examples: [{ what: "CPU load: how much", to: 50 }],
});

/** stress-ng on every virtual CPU (stress-ng(1)). */
export const cpuLoad = loadKind({
  words: "CPU load",
  what: "stress-ng, with a fleet at the load location only",
  parameters: { cpuLoadPercent },
  needsBothFleets: false,
  talks: false,
  plan: z.object({ percent: z.int() }),
  planFor: (values, { isHere }) => (isHere ? { percent: values.cpuLoadPercent } : undefined),
  programs: ["stress-ng"],
  processes: ({ percent }, { vcpus }) => [
    { name: "cpu", command: `stress-ng --cpu ${vcpus} --cpu-load ${percent} --temp-path /tmp --quiet` },
  ],
  signs: [cpuSign<{ percent: number }>(({ percent }) => percent)],
});
