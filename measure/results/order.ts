import { z } from "zod";

/** Orders that are drawn anew for each replicate from a seed. */
export const drawnKinds = ["random", "split-plot"] as const;
export type DrawnKind = (typeof drawnKinds)[number];

/**
 * How the deployments of a replicate are ordered. `random`: all of them are drawn. `split-plot`: whole plots, which are scenarios
 * that need the same VMs, are drawn, and within each its scenarios, which are measured in one deployment of these VMs. `cheapest`: from
 * each to the next least changes on the servers. `paper`: as the experiments list their arms and levels.
 */
export const orderKinds = [...drawnKinds, "cheapest", "paper"] as const;
export type OrderKind = (typeof orderKinds)[number];

/** Whether an order is drawn. */
export const isDrawn = (kind: OrderKind): kind is DrawnKind => drawnKinds.some((drawn) => drawn === kind);

/** Largest seed: what the seeded generator takes, and what JSON and SQL keep exactly. */
export const largestSeed = Number.MAX_SAFE_INTEGER;

/**
 * Where a deployment stands in the order in which a campaign was to deploy: position `position` of `positions` in block
 * `block`, each from 1. A block is one replicate of everything that is compared. It is the plan: when a deployment was
 * really measured is told by `started`. No factor of a scenario, so no part of its hash.
 */
export const orderSchema = z.strictObject({
  kind: z.enum(orderKinds),
  /** Of an order that is drawn; null for one that is not. */
  seed: z.int().min(0).max(largestSeed).nullable(),
  block: z.int().min(1),
  position: z.int().min(1),
  positions: z.int().min(1),
  /** Of `split-plot`: which whole plot of the block it is in, by their order, and where it stands in that, each from 1. */
  plot: z.int().min(1).optional(),
  plotPosition: z.int().min(1).optional(),
  /** What was ordered together, by a name that no other campaign has; runs of before have none. */
  campaign: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .optional(),
});
export type RunOrder = z.infer<typeof orderSchema>;

/** What cannot be told from what, after deploying in one fixed order in every replicate; null for a drawn one. */
export const confounding: Record<OrderKind, string | null> = {
  random: null,
  "split-plot": null,
  cheapest:
    "every replicate has the same order, by fleet, load and driver: what drifts with time cannot be told from an effect of these",
  paper:
    "every replicate has the same order, one driver after the other: what drifts with time cannot be told from an effect of the driver",
};
