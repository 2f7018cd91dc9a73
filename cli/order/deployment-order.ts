import type { OrderKind, RunOrder } from "../../measure/results/order.ts";
import { type Random, seededRandom } from "../../measure/statistics/random.ts";
import { permutation, randomWilliamsDesign } from "./squares.ts";

/** How deployments are ordered: drawn from a seed, or in one order that does not change. */
export type OrderRule = { kind: "random"; seed: number } | { kind: Exclude<OrderKind, "random">; seed: null };

/** A treatment at its place. */
export interface PlacedTreatment<T> {
  treatment: T;
  order: RunOrder;
}

/** As many treatments as rows of a square are worth more than rows that are drawn without regard to each other. */
export const largestSquare = 12;

/** Rows without end, each with 0 … n - 1 in the order of one block. */
function* drawnRows(n: number, random: Random): Generator<number[], never> {
  for (;;) {
    if (n > 1 && n <= largestSquare) yield* randomWilliamsDesign(n, random);
    else yield permutation(n, random);
  }
}

/**
 * The order in which treatments are deployed, block by block: the one place that decides it. In a block each treatment
 * that takes part stands once. Up to twelve treatments the blocks are rows of randomised Williams designs: in n blocks
 * each stands once at each place, and in n (for odd n 2 n) follows each other equally often. With more, each block is a
 * permutation of its own. A kind that is not drawn keeps the order in which the treatments come. More blocks leave the
 * first ones as they are. An order with whole plots (fleet and driver drawn by block, the rest within) belongs here too.
 * @param treatments what is compared, no two alike, in an order that is always the same
 * @param takesPart whether a treatment is deployed in a block, from 1
 */
export function orderDeployments<T>(
  treatments: readonly T[],
  blocks: number,
  rule: OrderRule,
  takesPart: (treatment: T, block: number) => boolean = () => true,
): PlacedTreatment<T>[][] {
  const rows = rule.kind === "random" ? drawnRows(treatments.length, seededRandom(rule.seed)) : undefined;
  return Array.from({ length: blocks }, (_, index) => {
    const block = index + 1;
    const row = rows ? rows.next().value.map((label) => treatments[label] as T) : treatments;
    const deployed = row.filter((treatment) => takesPart(treatment, block));
    return deployed.map((treatment, place) => ({
      treatment,
      order: { kind: rule.kind, seed: rule.seed, block, position: place + 1, positions: deployed.length },
    }));
  });
}
