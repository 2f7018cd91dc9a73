import { counted } from "../../lib/counted.ts";
import { asText } from "../../measure/analysis/print/table.ts";
import { durationText } from "./estimate.ts";
import { orderText } from "./order-text.ts";
import type { CampaignPlan } from "./plan.ts";
import type { PlannedScenario } from "./planned-scenario.ts";

const both = ({ sender, responder }: { sender: number; responder: number }) => `${sender} / ${responder}`;

/** "baseline Bridge, macvtap Bridge": which arms a scenario is. */
const armsOf = ({ wantedBy }: PlannedScenario) =>
  wantedBy.map(({ experiment, arm }) => `${experiment} ${arm}`).join(", ");

function effortOf({ scenarios, order }: CampaignPlan, progress: PlanProgress): string {
  const times = scenarios.reduce((sum, { replicates }) => sum + replicates, 0);
  const runs = scenarios.reduce((sum, { replicates, runs: ofEach }) => sum + replicates * ofEach, 0);
  const plots = order.replicates.reduce((sum, replicate) => sum + (replicate.plots?.length ?? 0), 0);
  const minutes = scenarios.map(({ hash, replicates }) => (progress.get(hash)?.minutes ?? Number.NaN) * replicates);
  const total = minutes.reduce((sum, ofScenario) => sum + ofScenario, 0);
  return [
    counted(scenarios.length, "scenario"),
    `${counted(times, "deployment")}${plots === 0 ? "" : ` in ${counted(plots, "whole plot")}`}`,
    counted(order.boots, "VM boot"),
    counted(runs, "run"),
    ...(total > 0 ? [`about ${durationText(60 * total)} in all`] : []),
  ].join(", ");
}

/** How far the scenarios of a plan are, by hash. */
export type PlanProgress = ReadonlyMap<string, { done: number; minutes: number | null }>;

/** A campaign's plan for people: its scenarios, what each takes, where a level was substituted, and the order of deployment. */
export function planText(plan: CampaignPlan, progress: PlanProgress = new Map()): string {
  const { profile, experiments, servers, substitutions, problems, scenarios } = plan;
  const hasBegun = [...progress.values()].some(({ done, minutes }) => done > 0 || minutes !== null);
  const table = asText({
    title: `profile ${profile}; VFs of the servers: ${both(servers.vfs)}${servers.assumed ? ", as the profile assumes" : ""}`,
    head: ["#", "scenario", "background VMs", "VFs", "replicates x runs", ...(hasBegun ? ["done", "min"] : []), "for"],
    rows: scenarios.map((scenario, index) => [
      index + 1,
      scenario.name,
      both({ sender: scenario.vms.sender.background, responder: scenario.vms.responder.background }),
      both(scenario.vfs),
      `${scenario.replicates} x ${scenario.runs}`,
      ...(hasBegun ? [progress.get(scenario.hash)?.done ?? 0, progress.get(scenario.hash)?.minutes ?? null] : []),
      armsOf(scenario),
    ]),
    notes: [
      "VMs and VFs are those of sender / responder; each has a Main VM too",
      ...(hasBegun ? ["done: replicates that are measured; min: minutes that one takes, from what was measured"] : []),
    ],
  });
  return [
    ...experiments.map(({ id, section, title }) => `${id} (${section}): ${title}`),
    table,
    ...substitutions.map(
      ({ experiment, arm, from, to, why }) => `${experiment} ${arm}: ${to} background VMs in place of ${from}: ${why}`,
    ),
    ...problems.map((problem) => `does not fit: ${problem}`),
    orderText(plan),
    effortOf(plan, progress),
  ].join("\n");
}
