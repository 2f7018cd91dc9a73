import { wrapWords } from "../../lib/wrap.ts";
import type { CampaignPlan } from "./plan.ts";

function favours({ rule, confounds, balance }: CampaignPlan["order"], isOneReplicate: boolean): string {
  if (confounds !== null) return `it confounds: ${confounds}`;
  const place = balance.places
    ? "each scenario stands equally often at each place"
    : "places are drawn and not balanced";
  const neighbour = balance.neighbours ? ", and follows each other one equally often" : "";
  return isOneReplicate
    ? `seed ${rule.seed}; with one replicate a drift cannot be told from an effect`
    : `seed ${rule.seed}; ${place}${neighbour}`;
}

/** In which order each replicate deploys the scenarios, by their numbers in the table, and what that order confounds. */
export function orderText({ order, scenarios }: CampaignPlan): string {
  const numbers = new Map(scenarios.map(({ hash }, index) => [hash, String(index + 1)]));
  const lines = order.replicates.map(({ replicate, scenarios: hashes }) =>
    wrapWords([`  replicate ${replicate}:`, ...hashes.map((hash) => numbers.get(hash) ?? hash)], "    "),
  );
  return [`order of deployment: ${order.rule.kind}; ${favours(order, order.replicates.length === 1)}`, ...lines].join(
    "\n",
  );
}
