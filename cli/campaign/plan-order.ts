import { confounding, type OrderKind } from "../../measure/results/order.ts";
import { balanceOf, type OrderBalance } from "../order/balance.ts";
import type { OrderRule } from "../order/deployment-order.ts";
import { plannedDeployments, seedOfScenarios } from "./deployments.ts";
import type { PlannedScenario } from "./planned-scenario.ts";

/** The order of a campaign's deployments, as a plan tells it. */
export interface OrderOfPlan {
  rule: OrderRule;
  /** Where the seed is from; null without one. */
  seedFrom: "option" | "scenarios" | null;
  /** What cannot be told from what after it; null when each replicate has an order of its own. */
  confounds: string | null;
  balance: OrderBalance;
  /** Hashes of the scenarios in the order in which a replicate deploys them. */
  replicates: { replicate: number; scenarios: string[] }[];
}

function ruleOf(scenarios: readonly PlannedScenario[], kind: OrderKind, seed: number | undefined): OrderRule {
  return kind === "random" ? { kind, seed: seed ?? seedOfScenarios(scenarios) } : { kind, seed: null };
}

/** The order of a plan's deployments. @param scenarios in the order that a rule without a seed keeps */
export function orderOfPlan(
  scenarios: readonly PlannedScenario[],
  { order: kind = "random", seed }: { order?: OrderKind | undefined; seed?: number | undefined },
): OrderOfPlan {
  const rule = ruleOf(scenarios, kind, seed);
  const byReplicate = Map.groupBy(plannedDeployments(scenarios, rule), ({ replicate }) => replicate);
  const replicates = [...byReplicate].map(([replicate, deployments]) => ({
    replicate,
    scenarios: deployments.map(({ scenario }) => scenario.hash),
  }));
  return {
    rule,
    seedFrom: rule.kind !== "random" ? null : seed === undefined ? "scenarios" : "option",
    confounds: confounding[kind],
    balance: balanceOf(replicates.map(({ scenarios: hashes }) => hashes)),
    replicates,
  };
}
