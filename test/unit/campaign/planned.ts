import { readExperiments } from "../../../cli/campaign/experiment.ts";
import { assumedInventory, planCampaign } from "../../../cli/campaign/plan.ts";

/** The paper's experiments. */
export const ids = ["baseline", "macvtap", "connection", "competition"] as const;
/** A plan of experiments. */
export const planned = (names: readonly string[], profile: string, more: object = {}) =>
  planCampaign(readExperiments(names), { profile, ...more });
/** Servers with so many VFs. */
export const serversWith = (sender: number, responder: number) => {
  const serversOf = (vfs: number) => assumedInventory({ servers: { vfs } }).hosts;
  return {
    fidelity: "hardware" as const,
    hosts: { sender: serversOf(sender).sender, responder: serversOf(responder).responder },
  };
};
