import { z } from "zod";
import { hostsFile } from "../../lib/paths.ts";
import { orderSchema } from "../../measure/results/order.ts";
import { factorShape } from "../../study/factors.ts";
import { inventorySchema } from "./hosts.ts";

/**
 * The configuration of a stack: the one place that says which keys there are, what they mean, what they may be, and
 * what they are by default. Types, checks, error messages and docs/configuration.md come from it. Keys that are factors stand in `study/`.
 */
export const configSchema = z.strictObject({
  hosts: z
    .union([z.string().min(1), inventorySchema])
    .default(hostsFile)
    .describe("the two servers, or the path of a JSON file with them (relative to the project)"),
  guestImage: z
    .string()
    .min(1)
    .default(".lab/guest")
    .describe("folder with the guests' kernel and initramfs and their manifest.json (`./lab images --guest` makes it)"),
  resultsDirectory: z.string().min(1).default("results").describe("where runs are published (relative to the project)"),

  ...factorShape,

  runs: z.int().min(1).max(1000).default(10).describe("runs of this scenario in one deployment"),
  replicate: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe("number of this deployment among equal ones; each has runs of its own"),
  order: orderSchema
    .optional()
    .describe(
      "where this deployment stands in a campaign's order, to be recorded with its runs; each whole plot has VMs of its own, and nothing else goes by it",
    ),
  parallelStarts: z.int().min(1).max(128).default(8).describe("VMs of one server that are started side by side"),
  readyWithinSeconds: z
    .int()
    .min(10)
    .max(7200)
    .default(600)
    .describe("time within which all VMs of a fleet must answer"),
});
export type Config = z.infer<typeof configSchema>;
