import { z } from "zod";
import { factor } from "../factor.ts";
import { type AskedProbes, askedProbes } from "../probes/asked-probes.ts";

/** What runs measure with beside ping. @param table probes that may be asked for */
export function probesFactorOf(table: AskedProbes) {
  const ids = Object.keys(table);
  const whats = Object.entries(table).map(([id, { what }]) => `; ${id}: ${what}`);
  return factor({
    words: "probes beside ping",
    schema: z
      .array(z.enum(ids))
      .refine((asked) => new Set(asked).size === asked.length, "each probe once")
      .default([])
      .describe(`what runs measure with after ping, one after the other${whats.join("")}`),
    // By any name: a run may have been measured with a probe that is not known here.
    recorded: z.array(z.string()).min(1).optional(),
    path: ["probes"],
    columns: [
      {
        name: "probes",
        type: "VARCHAR",
        what: "probes beside ping, joined by +; NULL without",
        absent: null,
        cell: (asked) => asked.join("+"),
      },
    ],
    role: "fixed",
    remakes: "runs",
    // In the table's order, so that a list in another order is the same scenario.
    record: (asked) => (asked.length === 0 ? undefined : ids.filter((id) => asked.includes(id))),
    inName: (asked) => (asked === undefined ? "" : `_${asked.join("+")}`),
    examples: [{ to: ids }],
  });
}
export const probes = probesFactorOf(askedProbes);
