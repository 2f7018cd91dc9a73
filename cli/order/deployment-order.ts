import type { DrawnKind, OrderKind, RunOrder } from "../../measure/results/order.ts";
import { type Random, seededRandom } from "../../measure/statistics/random.ts";
import { permutation, randomWilliamsDesign } from "./squares.ts";

/** How deployments are ordered: drawn from a seed, or in one order that does not change. */
export type OrderRule = { kind: DrawnKind; seed: number } | { kind: Exclude<OrderKind, DrawnKind>; seed: null };

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

/** What an order has to know of treatments, beside which there are. */
export interface OrderedBy<T> {
  /** Whether a treatment is deployed in a block, from 1; by default in each. */
  takesPart?: (treatment: T, block: number) => boolean;
  /** The whole plot that a treatment is in, by a name; by default each is one of its own. */
  plotOf?: (treatment: T) => unknown;
}

/** Rows without end, each with the plots of one block in their order, and each of these with its treatments. */
function* plotsByBlock<T>(
  treatments: readonly T[],
  rule: OrderRule,
  plotOf: (treatment: T) => unknown,
): Generator<T[][], never> {
  const alone = treatments.map((treatment) => [treatment]);
  if (rule.seed === null) for (;;) yield alone;
  const random = seededRandom(rule.seed);
  const plots = rule.kind === "split-plot" ? [...Map.groupBy(treatments, plotOf).values()] : alone;
  const order = drawnRows(plots.length, random);
  const within = plots.map((plot) => drawnRows(plot.length, random));
  for (;;) {
    const drawn = plots.map((plot, label) =>
      (within[label] as (typeof within)[number]).next().value.map((place) => plot[place] as T),
    );
    yield order.next().value.map((label) => drawn[label] as T[]);
  }
}

/**
 * The order in which treatments are deployed, block by block: the one place that decides it. In a block each treatment
 * that takes part stands once. Up to twelve treatments the blocks are rows of randomised Williams designs: in n blocks
 * each stands once at each place, and in n (for odd n 2 n) follows each other equally often. With more, each block is a
 * permutation of its own. In a split plot the same holds for whole plots, and again for the treatments of each within it. A
 * kind that is not drawn keeps the order in which the treatments come. More blocks leave the first ones as they are.
 * @param treatments what is compared, no two alike, in an order that is always the same
 */
export function orderDeployments<T>(
  treatments: readonly T[],
  blocks: number,
  rule: OrderRule,
  { takesPart = () => true, plotOf = (treatment) => treatment }: OrderedBy<T> = {},
): PlacedTreatment<T>[][] {
  const rows = plotsByBlock(treatments, rule, plotOf);
  return Array.from({ length: blocks }, (_, index) => {
    const block = index + 1;
    const plots = rows.next().value.map((plot) => plot.filter((treatment) => takesPart(treatment, block)));
    const deployed = plots
      .filter(({ length }) => length > 0)
      .flatMap((plot, before) =>
        plot.map((treatment, place) => ({ treatment, inPlot: { plot: before + 1, plotPosition: place + 1 } })),
      );
    return deployed.map(({ treatment, inPlot }, place) => ({
      treatment,
      order: {
        ...{ kind: rule.kind, seed: rule.seed, block, position: place + 1, positions: deployed.length },
        ...(rule.kind === "split-plot" && inPlot),
      },
    }));
  });
}
