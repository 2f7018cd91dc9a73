import { readExperiments } from "../../../cli/campaign/experiment.ts";
import { assumedInventory, type CampaignPlan, planCampaign } from "../../../cli/campaign/plan.ts";

/** The paper's experiments. */
export const ids = ["baseline", "macvtap", "connection", "competition"] as const;
const plans = new Map<string, CampaignPlan>();
/** A plan of experiments; whole ones are made once. */
export function planned(names: readonly string[], profile: string, more: object = {}): CampaignPlan {
  const make = () => planCampaign(readExperiments(names), { profile, ...more });
  if (Object.keys(more).length > 0) return make();
  const key = [...names, profile].join(" ");
  const plan = plans.get(key) ?? make();
  plans.set(key, plan);
  return plan;
}
/** Servers with so many VFs. */
export const serversWith = (sender: number, responder: number) => {
  const serversOf = (vfs: number) => assumedInventory({ servers: { vfs } }).hosts;
  return {
    fidelity: "hardware" as const,
    hosts: { sender: serversOf(sender).sender, responder: serversOf(responder).responder },
  };
};
