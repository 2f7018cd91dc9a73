import { z } from "zod";
import { factor } from "../factor.ts";
import { askedProbe } from "./asked-probe.ts";

const netperfSeconds = factor({
  words: "length of netperf's tests",
  unit: "s",
  schema: z.int().min(1).max(600).default(10).describe("how long each of netperf's two tests runs, seconds"),
  recorded: z.int().optional(),
  path: ["netperfSeconds"],
  columns: [
    { name: "netperf_seconds", type: "INTEGER", what: "netperf: length of each of its tests; else NULL", absent: null },
  ],
  role: "fixed",
  remakes: "runs",
  examples: [{ to: 20 }],
});

/** Requests and responses of one byte between the Main VMs, over UDP and over TCP. */
export const askedNetperf = askedProbe({
  what: "UDP_RR and TCP_RR, requests and responses of a byte as fast as they go",
  packages: { netperf: ["netperf", "netserver"] },
  parameters: { netperfSeconds },
});
