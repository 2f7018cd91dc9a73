import type { RunRecord } from "../dataset/run-record.ts";
import type { RunOrder } from "../results/order.ts";

/**
 * What was deployed in one order, as one text: a campaign, or a results directory where none was planned. Replicates of two of them
 * have nothing in common but a number, so deployments of two make no pairs.
 */
export const campaignOf = ({ batch, order }: Pick<RunRecord, "batch" | "order">): string =>
  JSON.stringify([batch, ...(order ? orderedTogether(order) : [])]);

/** Runs of before do not name their campaign: what was ordered alike stands for it. */
const orderedTogether = ({ campaign, kind, seed, positions }: RunOrder) =>
  campaign === undefined ? [kind, seed, positions] : [campaign];
