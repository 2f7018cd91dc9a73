import { counted } from "../../lib/counted.ts";
import type { RunOrder } from "../../measure/results/order.ts";
import type { PlannedDeployment } from "./deployments.ts";

/** In which order a campaign deploys, and how far it is in it. */
export interface OrderStatus extends Pick<RunOrder, "kind" | "seed"> {
  /** Whole plots of a split plot: those that are measured in all of their scenarios, and all. Null in another order. */
  plots: { done: number; wanted: number } | null;
}

const plotsOf = (deployments: readonly PlannedDeployment[]): number =>
  new Set(deployments.flatMap(({ order: { block, plot } }) => (plot === undefined ? [] : [`${block} ${plot}`]))).size;

/**
 * How far a campaign is in its order; null without any deployment.
 * @param open those that are not measured
 */
export function orderStatus(
  deployments: readonly PlannedDeployment[],
  open: readonly PlannedDeployment[],
): OrderStatus | null {
  const [first] = deployments;
  if (first === undefined) return null;
  const { kind, seed } = first.order;
  const all = plotsOf(deployments);
  return { kind, seed, plots: all === 0 ? null : { done: all - plotsOf(open), wanted: all } };
}

/** The same in words. */
export function orderWords({ kind, seed, plots }: OrderStatus): string {
  const drawn = seed === null ? "" : `, seed ${seed}`;
  const whole = plots === null ? "" : `; ${plots.done} of ${counted(plots.wanted, "whole plot")} measured`;
  return `order of deployment: ${kind}${drawn}${whole}`;
}
