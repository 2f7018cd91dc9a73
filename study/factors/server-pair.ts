import { z } from "zod";
import { factor } from "../factor.ts";

/** Each pair has two of the 255 third numbers that addresses of guests can have. */
export const mostPairs = 100;

// The first one is what all runs were on before there were several.
const recordOf = (pair: number) => (pair === 1 ? undefined : pair);
const partOfName = (recorded: number | undefined) => (recorded === undefined ? "" : `_pair${recorded}`);

/** What a pair adds to the names of scenarios that are measured on it. */
export const pairInName = (pair: number): string => partOfName(recordOf(pair));

/** What equal scenarios on two pairs of servers are told apart by, also where all are on one switch. */
export const serverPair = factor({
  words: "pair of servers",
  schema: z
    .int()
    .min(1)
    .max(mostPairs)
    .default(1)
    .describe(
      "which pair of servers it is, where there are several: no address of a guest is the same on two pairs, which may so be on one switch",
    ),
  recorded: z.int().optional(),
  path: ["serverPair"],
  columns: [{ name: "server_pair", type: "INTEGER", what: "which pair of servers, from 1", absent: 1 }],
  role: "place",
  remakes: "Main VMs",
  record: recordOf,
  inName: partOfName,
  examples: [{ to: 2 }],
});
