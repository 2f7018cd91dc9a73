import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { balanceOf } from "../../../cli/order/balance.ts";
import { largestSquare, type OrderRule, orderDeployments } from "../../../cli/order/deployment-order.ts";

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const random = (seed: number): OrderRule => ({ kind: "random", seed });
const labels = (count: number) => Array.from({ length: count }, (_, index) => `treatment ${index}`);
const rowsOf = (count: number, blocks: number, rule: OrderRule) =>
  orderDeployments(labels(count), blocks, rule).map((row) => row.map(({ treatment }) => treatment));
const anyRule = fc.oneof(
  seeds.map(random),
  fc.constantFrom<OrderRule>({ kind: "cheapest", seed: null }, { kind: "paper", seed: null }),
);
const anyCount = fc.integer({ min: 0, max: 30 });
const squareCount = fc.integer({ min: 2, max: largestSquare });

describe("orderDeployments", () => {
  it("has every treatment once in each block", () => {
    fc.assert(
      fc.property(anyCount, fc.integer({ min: 1, max: 20 }), anyRule, (count, blocks, rule) => {
        const rows = rowsOf(count, blocks, rule);
        expect(rows).toHaveLength(blocks);
        for (const row of rows) expect([...row].sort()).toEqual([...labels(count)].sort());
      }),
    );
  });

  it("says of each treatment which block and place it has, of how many", () => {
    fc.assert(
      fc.property(anyCount, anyRule, (count, rule) => {
        for (const [index, row] of orderDeployments(labels(count), 4, rule).entries())
          expect(row.map(({ order }) => order)).toEqual(
            row.map((_, place) => ({ ...rule, block: index + 1, position: place + 1, positions: count })),
          );
      }),
    );
  });

  it("has every treatment once at each place of as many blocks as there are treatments", () => {
    fc.assert(
      fc.property(squareCount, fc.integer({ min: 0, max: 3 }), seeds, (count, square, seed) => {
        const rows = rowsOf(count, count * (square + 1), random(seed)).slice(count * square);
        for (const place of rows.keys()) expect(new Set(rows.map((row) => row[place])).size).toBe(count);
      }),
    );
  });

  it("lets each treatment follow each other once over a square of an even number, twice over two of an odd one", () => {
    fc.assert(
      fc.property(squareCount, seeds, (count, seed) => {
        const isEven = count % 2 === 0;
        const rows = rowsOf(count, isEven ? count : 2 * count, random(seed));
        const pairs = rows.flatMap((row) => row.slice(1).map((one, before) => `${row[before]} ${one}`));
        const times = Map.groupBy(pairs, (pair) => pair);
        expect(times.size).toBe(count * (count - 1));
        for (const found of times.values()) expect(found).toHaveLength(isEven ? 1 : 2);
        expect(balanceOf(rows)).toEqual({ places: true, neighbours: true });
      }),
    );
  });

  it("lets each of three treatments follow each other equally often over two squares", () => {
    const pairs = rowsOf(3, 6, random(1)).flatMap((row) => [`${row[0]} ${row[1]}`, `${row[1]} ${row[2]}`]);
    for (const found of Map.groupBy(pairs, (pair) => pair).values()) expect(found).toHaveLength(2);
  });

  it("draws the same from the same seed, and more blocks leave the first ones as they are", () => {
    fc.assert(
      fc.property(anyCount, fc.integer({ min: 1, max: 8 }), fc.nat(8), seeds, (count, blocks, more, seed) => {
        const rows = rowsOf(count, blocks, random(seed));
        expect(rowsOf(count, blocks, random(seed))).toEqual(rows);
        expect(rowsOf(count, blocks + more, random(seed)).slice(0, blocks)).toEqual(rows);
      }),
    );
  });

  it("draws different orders from different seeds, and differs from block to block", () => {
    for (const count of [3, 4, 12, 13, 100]) {
      const orders = new Set(Array.from({ length: 50 }, (_, seed) => JSON.stringify(rowsOf(count, 3, random(seed)))));
      // There are 12 orders of three treatments, and 144 of four.
      if (count === 3) expect(orders.size).toBe(12);
      else expect(orders.size).toBeGreaterThan(count === 4 ? 35 : 48);
      expect(new Set(rowsOf(count, 3, random(7)).map(String)).size).toBe(3);
    }
  });

  it.each([2, 3, 5, 12, 13])("puts each of %i treatments at each place of a block equally often", (count) => {
    const draws = 3000;
    const times = Array.from({ length: count }, () => new Array<number>(count).fill(0));
    for (let seed = 0; seed < draws; seed += 1)
      for (const [place, treatment] of rowsOf(count, 2, random(seed))[1]!.entries())
        times[place]![Number(treatment.slice("treatment ".length))]! += 1;
    const expected = draws / count;
    const chi = times.flat().reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0);
    const freedom = (count - 1) ** 2;
    // Five standard deviations of the chi-squared distribution.
    expect(chi).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom) + 10);
  });

  it("keeps the given order in every block unless it is drawn", () => {
    for (const kind of ["cheapest", "paper"] as const) {
      const rows = rowsOf(5, 3, { kind, seed: null });
      expect(rows).toEqual([labels(5), labels(5), labels(5)]);
      expect(balanceOf(rows)).toEqual({ places: false, neighbours: false });
    }
  });

  it("leaves out what takes no part in a block, and counts places without it", () => {
    const takesPart = (treatment: string, block: number) => block === 1 || treatment !== "treatment 0";
    const [first, second] = orderDeployments(labels(4), 2, random(3), { takesPart });
    expect(first).toHaveLength(4);
    expect(second!.map(({ order: { position, positions } }) => [position, positions])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });
});
