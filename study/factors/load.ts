import { z } from "zod";
import { hasLoad } from "../competition.ts";
import { factor } from "../factor.ts";
import { type LoadKindId, type LoadKinds, loadKinds } from "../loads/loads.ts";

type Choices<Id extends string> = z.ZodEnum<{ [Choice in Id]: Choice }>;

/** What background VMs do: a kind of load, or none. @param kinds those that may be asked for */
export function loadTypeOf(kinds: LoadKinds) {
  const ids = Object.keys(kinds);
  const whats = ["nothing", ...Object.values(kinds).map(({ what }) => what)];
  return factor({
    words: "load type",
    schema: z
      .enum(["none", ...ids])
      .default("none")
      .describe(`what background VMs do: ${whats.slice(0, -1).join("; ")}; or ${whats.at(-1)}`),
    recorded: z.enum(ids),
    path: ["load", "type"],
    columns: [{ name: "load_type", type: "VARCHAR", what: `${ids.join(" or ")}; NULL without load`, absent: null }],
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
}
type LoadTypeRow = ReturnType<typeof loadTypeOf>;
export const loadType = loadTypeOf(loadKinds) as unknown as Omit<LoadTypeRow, "schema" | "recorded" | "record"> & {
  schema: z.ZodDefault<Choices<"none" | LoadKindId>>;
  recorded: Choices<LoadKindId>;
};

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
