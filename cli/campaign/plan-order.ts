import { confounding, isDrawn, type OrderKind } from "../../measure/results/order.ts";
import { balanceOf, type OrderBalance } from "../order/balance.ts";
import type { OrderRule } from "../order/deployment-order.ts";
import { type PlannedDeployment, plannedDeployments, seedOfScenarios } from "./deployments.ts";
import type { PlannedScenario } from "./planned-scenario.ts";

/** The order of a campaign's deployments, as a plan tells it. */
export interface OrderOfPlan {
  rule: OrderRule;
  /** Where the seed is from; null without one. */
  seedFrom: "option" | "scenarios" | null;
  /** What cannot be told from what after it; null when each replicate has an order of its own. */
  confounds: string | null;
  /** Of whole plots in a split plot, else of scenarios. */
  balance: OrderBalance;
  /** VMs that are booted in all. */
  boots: number;
  /** Hashes of the scenarios in the order in which a replicate deploys them; in a split plot also by whole plot. */
  replicates: { replicate: number; scenarios: string[]; plots?: string[][] }[];
}

function ruleOf(scenarios: readonly PlannedScenario[], kind: OrderKind, seed: number | undefined): OrderRule {
  return isDrawn(kind) ? { kind, seed: seed ?? seedOfScenarios(scenarios) } : { kind, seed: null };
}

/** The deployments of a replicate, by whole plot. */
const plotsOf = (deployments: readonly PlannedDeployment[]): string[][] =>
  [...Map.groupBy(deployments, ({ order }) => order.plot).values()].map((plot) =>
    plot.map(({ scenario }) => scenario.hash),
  );

/** The order of a plan's deployments. @param scenarios in the order that a rule without a seed keeps */
export function orderOfPlan(
  scenarios: readonly PlannedScenario[],
  { order: kind, seed }: { order: OrderKind; seed?: number | undefined },
): OrderOfPlan {
  const rule = ruleOf(scenarios, kind, seed);
  const planned = plannedDeployments(scenarios, rule);
  const replicates = [...Map.groupBy(planned, ({ replicate }) => replicate)].map(([replicate, deployments]) => ({
    replicate,
    scenarios: deployments.map(({ scenario }) => scenario.hash),
    ...(kind === "split-plot" && { plots: plotsOf(deployments) }),
  }));
  // A plot's scenarios change places in it, so it goes by whichever of them has the least hash.
  const treatmentsOf = ({ scenarios: hashes, plots }: (typeof replicates)[number]) =>
    plots?.map((plot) => [...plot].sort()[0] as string) ?? hashes;
  return {
    rule,
    seedFrom: !isDrawn(kind) ? null : seed === undefined ? "scenarios" : "option",
    confounds: confounding[kind],
    balance: balanceOf(replicates.map(treatmentsOf)),
    boots: planned.reduce((sum, { boots }) => sum + boots, 0),
    replicates,
  };
}
