import { z } from "zod";
import { factor } from "../factor.ts";
import { ethernetBytes } from "./ping.ts";

/** Of Ethernet without jumbo frames, and what every guest's network device has by itself. */
const usualMtu = 1500;

/** Larger ones would need the servers' NICs, bridges and taps to have them too, which this testbed leaves as they are. */
export const mtu = factor({
  words: "MTU of the Main VMs",
  unit: "bytes",
  schema: z
    .int()
    .min(68)
    .max(usualMtu)
    .default(usualMtu)
    .describe("largest IP packet of the Main VMs' network devices, bytes; those of the servers stay as they are"),
  recorded: z.int().optional(),
  path: ["guest", "mtu"],
  columns: [
    { name: "guest_mtu", type: "INTEGER", what: "largest IP packet of a Main VM's network device", absent: usualMtu },
  ],
  role: "fixed",
  remakes: "Main VMs",
  record: (value) => (value === usualMtu ? undefined : value),
  inName: (recorded) => (recorded === undefined ? "" : `_mtu${recorded}`),
  mainLink: (value) => (value === usualMtu ? [] : [{ tool: "link", words: ["mtu", String(value)] }]),
  problems(value, { frameBytes }) {
    const needed = Number(frameBytes) - ethernetBytes;
    if (needed <= value) return [];
    return [
      {
        key: "mtu",
        value,
        found: `${value} does not hold the packet in a frame of ${frameBytes} bytes, which would go in fragments`,
        allowed: `at least ${needed}, or a smaller frameBytes`,
      },
    ];
  },
  examples: [{ to: 1400 }],
});
