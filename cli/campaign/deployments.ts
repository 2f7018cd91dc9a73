import { hash as digest } from "node:crypto";
import { isDrawn, type RunOrder } from "../../measure/results/order.ts";
import { type OrderRule, orderDeployments } from "../order/deployment-order.ts";
import { vmsBooted, vmsNeededBy } from "./cost-of-change.ts";
import type { PlannedScenario } from "./planned-scenario.ts";

/** One deployment of a scenario, with all its runs. */
export interface PlannedDeployment {
  scenario: PlannedScenario;
  replicate: number;
  /** Where it stands in the campaign's order. */
  order: RunOrder;
  /** VMs that are booted for it, where it comes after the one before it. */
  boots: number;
}

const byHash = (a: PlannedScenario, b: PlannedScenario) => (a.hash < b.hash ? -1 : 1);

const digestOf = (words: readonly string[]) => digest("sha256", words.join("\n"));
const hashesOf = (scenarios: readonly PlannedScenario[]) => [...scenarios].sort(byHash).map(({ hash }) => hash);

/**
 * The name of a campaign: equal for the same command, which goes on where it has ended (with more replicates too), and another one for
 * other scenarios or another order of them.
 */
const campaignName = (scenarios: readonly PlannedScenario[], { kind, seed }: OrderRule): string =>
  digestOf([kind, String(seed), ...hashesOf(scenarios)]).slice(0, 12);

/**
 * The seed of a campaign that names none: from the hashes of its scenarios, so that the same command goes on in the same
 * order where it has ended, and so that nobody can have chosen it.
 */
export const seedOfScenarios = (scenarios: readonly PlannedScenario[]): number =>
  Number.parseInt(digestOf(hashesOf(scenarios)).slice(0, 8), 16);

/**
 * All deployments of a campaign in their order: replicate by replicate, each deploying every scenario that wants so many.
 * @param scenarios in the order that a rule without a seed keeps
 */
export function plannedDeployments(scenarios: readonly PlannedScenario[], rule: OrderRule): PlannedDeployment[] {
  const most = Math.max(0, ...scenarios.map(({ replicates }) => replicates));
  const campaign = campaignName(scenarios, rule);
  // What is drawn must not depend on how experiments were named on the command line.
  const treatments = isDrawn(rule.kind) ? [...scenarios].sort(byHash) : scenarios;
  const takesPart = ({ replicates }: PlannedScenario, block: number) => replicates >= block;
  const placed = orderDeployments(treatments, most, rule, { takesPart, plotOf: vmsNeededBy }).flat();
  return placed.map(({ treatment: scenario, order }, index) => {
    const before = placed[index - 1];
    // Replicates and whole plots have VMs of their own (infra/vm/member.ts).
    const mayStay = before?.order.block === order.block && before.order.plot === order.plot;
    const boots = vmsBooted(mayStay ? before.treatment : undefined, scenario);
    return { scenario, replicate: order.block, order: { ...order, campaign }, boots };
  });
}
