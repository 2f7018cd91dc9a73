import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { balanceOf } from "../../../cli/order/balance.ts";
import { largestSquare, orderDeployments } from "../../../cli/order/deployment-order.ts";

/** Treatments "plot/number in it", of plots of these sizes. */
const treatmentsOf = (sizes: readonly number[]) =>
  sizes.flatMap((size, plot) => Array.from({ length: size }, (_, index) => `${plot}/${index}`));
const plotOf = (treatment: string) => treatment.split("/")[0];
const ordered = (sizes: readonly number[], blocks: number, seed: number) =>
  orderDeployments(treatmentsOf(sizes), blocks, { kind: "split-plot", seed }, { plotOf });

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const anySizes = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 16 });
const blocksOf = fc.integer({ min: 1, max: 12 });

/** The plots of a block in their order. */
const plotsIn = (row: ReturnType<typeof ordered>[number]) => [
  ...new Set(row.map(({ treatment }) => plotOf(treatment)!)),
];

describe("a split plot", () => {
  it("has every treatment once in each block, those of a plot one after the other", () => {
    fc.assert(
      fc.property(anySizes, blocksOf, seeds, (sizes, blocks, seed) => {
        for (const row of ordered(sizes, blocks, seed)) {
          expect(row.map(({ treatment }) => treatment).sort()).toEqual(treatmentsOf(sizes).sort());
          const runs = row.filter(({ treatment }, place) => {
            const before = row[place - 1];
            return before === undefined || plotOf(before.treatment) !== plotOf(treatment);
          });
          expect(runs).toHaveLength(sizes.length);
        }
      }),
    );
  });

  it("says of each treatment its place in the block, its plot's, and its place in that", () => {
    fc.assert(
      fc.property(anySizes, seeds, (sizes, seed) => {
        for (const [index, row] of ordered(sizes, 3, seed).entries()) {
          const plots = plotsIn(row);
          const places = new Map(plots.map((plot) => [plot, 0]));
          for (const [place, { treatment, order }] of row.entries()) {
            const plot = plotOf(treatment)!;
            places.set(plot, places.get(plot)! + 1);
            expect(order).toEqual({
              ...{ kind: "split-plot", seed, block: index + 1, position: place + 1, positions: row.length },
              ...{ plot: plots.indexOf(plot) + 1, plotPosition: places.get(plot) },
            });
          }
        }
      }),
    );
  });

  it("has each plot once at each place of as many blocks as there are plots, and each treatment so within its plot", () => {
    const square = fc.integer({ min: 2, max: largestSquare });
    fc.assert(
      fc.property(square, square, seeds, (count, size, seed) => {
        const sizes = new Array<number>(count).fill(size);
        const rows = ordered(sizes, 2 * count * size, seed);
        expect(balanceOf(rows.map(plotsIn))).toEqual({ places: true, neighbours: true });
        const ofFirst = rows.map((row) => row.map(({ treatment }) => treatment).filter((one) => plotOf(one) === "0"));
        expect(balanceOf(ofFirst)).toEqual({ places: true, neighbours: true });
      }),
      { numRuns: 20 },
    );
  });

  it("draws the same from the same seed, and more blocks leave the first ones as they are", () => {
    fc.assert(
      fc.property(anySizes, blocksOf, fc.nat(8), seeds, (sizes, blocks, more, seed) => {
        expect(ordered(sizes, blocks + more, seed).slice(0, blocks)).toEqual(ordered(sizes, blocks, seed));
      }),
    );
  });

  it("differs from block to block and from seed to seed, in plots and within them", () => {
    const words = (row: ReturnType<typeof ordered>[number]) => row.map(({ treatment }) => treatment);
    const sizes = [4, 4, 4, 4, 4];
    expect(new Set(ordered(sizes, 5, 1).map((row) => plotsIn(row).join())).size).toBe(5);
    expect(new Set(Array.from({ length: 50 }, (_, seed) => words(ordered(sizes, 1, seed)[0]!).join())).size).toBe(50);
    const within = ordered(sizes, 4, 1).map((row) =>
      words(row)
        .filter((one) => plotOf(one) === "2")
        .join(),
    );
    expect(new Set(within).size).toBe(4);
  });

  it("counts no plot of which nothing takes part", () => {
    const takesPart = (treatment: string, block: number) => block === 1 || plotOf(treatment) !== "1";
    const [first, second] = orderDeployments(
      treatmentsOf([2, 3, 1]),
      2,
      { kind: "split-plot", seed: 5 },
      { plotOf, takesPart },
    );
    expect(new Set(first!.map(({ order }) => order.plot))).toEqual(new Set([1, 2, 3]));
    expect(second!.map(({ order }) => order.position)).toEqual([1, 2, 3]);
    expect(new Set(second!.map(({ order }) => order.plot))).toEqual(new Set([1, 2]));
  });
});
