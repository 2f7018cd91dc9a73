import { hash as digest } from "node:crypto";
import type { RunOrder } from "../../measure/results/order.ts";
import { type OrderRule, orderDeployments } from "../order/deployment-order.ts";
import type { PlannedScenario } from "./planned-scenario.ts";

/** One deployment of a scenario, with all its runs. */
export interface PlannedDeployment {
  scenario: PlannedScenario;
  replicate: number;
  /** Where it stands in the campaign's order. */
  order: RunOrder;
}

const byHash = (a: PlannedScenario, b: PlannedScenario) => (a.hash < b.hash ? -1 : 1);

/**
 * The seed of a campaign that names none: from the hashes of its scenarios, so that the same command goes on in the same
 * order where it has ended, and so that nobody can have chosen it.
 */
export const seedOfScenarios = (scenarios: readonly PlannedScenario[]): number =>
  Number.parseInt(
    digest(
      "sha256",
      [...scenarios]
        .sort(byHash)
        .map(({ hash }) => hash)
        .join("\n"),
    ).slice(0, 8),
    16,
  );

/**
 * All deployments of a campaign in their order: replicate by replicate, each deploying every scenario that wants so many.
 * @param scenarios in the order that a rule without a seed keeps
 */
export function plannedDeployments(scenarios: readonly PlannedScenario[], rule: OrderRule): PlannedDeployment[] {
  const most = Math.max(0, ...scenarios.map(({ replicates }) => replicates));
  // What is drawn must not depend on how experiments were named on the command line.
  const treatments = rule.kind === "random" ? [...scenarios].sort(byHash) : scenarios;
  return orderDeployments(treatments, most, rule, ({ replicates }, block) => replicates >= block)
    .flat()
    .map(({ treatment, order }) => ({ scenario: treatment, replicate: order.block, order }));
}
