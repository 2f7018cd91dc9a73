import { wrapWords } from "../../lib/wrap.ts";
import type { CampaignPlan } from "./plan.ts";

function favours({ rule, confounds, balance }: CampaignPlan["order"], isOneReplicate: boolean): string {
  if (confounds !== null) return `it confounds: ${confounds}`;
  const what = rule.kind === "split-plot" ? "whole plot" : "scenario";
  const place = balance.places
    ? `each ${what} stands equally often at each place`
    : `places ${rule.kind === "split-plot" ? "of whole plots " : ""}are drawn and not balanced`;
  const neighbour = balance.neighbours ? ", and follows each other one equally often" : "";
  return isOneReplicate
    ? `seed ${rule.seed}; with one replicate a drift cannot be told from an effect`
    : `seed ${rule.seed}; ${place}${neighbour}`;
}

/** In which order each replicate deploys the scenarios, by their numbers in the table, what shares a deployment, and what that order confounds. */
export function orderText({ order, scenarios }: CampaignPlan): string {
  const numbers = new Map(scenarios.map(({ hash }, index) => [hash, String(index + 1)]));
  const numberOf = (hash: string) => numbers.get(hash) ?? hash;
  const lines = order.replicates.map(({ replicate, scenarios: hashes, plots }) => {
    const words = plots?.map((plot) => plot.map(numberOf).join("+")) ?? hashes.map(numberOf);
    return wrapWords([`  replicate ${replicate}:`, ...words], "    ");
  });
  return [
    `order of deployment: ${order.rule.kind}; ${favours(order, order.replicates.length === 1)}`,
    ...(order.rule.kind === "split-plot"
      ? ["  joined by +: a whole plot, whose scenarios are measured in the same VMs"]
      : []),
    ...lines,
  ].join("\n");
}
