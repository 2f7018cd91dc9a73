import type { RunRecord } from "../dataset/open.ts";

/**
 * What was deployed in one order, as one text: a campaign, or a results directory where none was planned. Replicates of two of them
 * have nothing in common but a number, so deployments of two make no pairs.
 */
export const campaignOf = ({ batch, order }: Pick<RunRecord, "batch" | "order">): string =>
  JSON.stringify(order ? [batch, order.kind, order.seed, order.positions] : [batch]);
