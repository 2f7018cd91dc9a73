import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latinSquareOrder } from "../../../cli/demo/order.ts";

const treatments = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 6 });

describe("latinSquareOrder", () => {
  it("rotates the treatments from one replicate to the next", () => {
    expect(latinSquareOrder(["a", "b", "c"], 3)).toEqual([
      ["a", "b", "c"],
      ["b", "c", "a"],
      ["c", "a", "b"],
    ]);
  });

  it("has every treatment once in each replicate", () => {
    fc.assert(
      fc.property(treatments, fc.integer({ min: 1, max: 20 }), (all, replicates) => {
        const order = latinSquareOrder(all, replicates);
        expect(order).toHaveLength(replicates);
        for (const row of order) expect([...row].sort()).toEqual([...all].sort());
      }),
    );
  });

  it("has every treatment once at each place of a full square", () => {
    fc.assert(
      fc.property(treatments, fc.integer({ min: 0, max: 3 }), (all, square) => {
        const rows = latinSquareOrder(all, all.length * (square + 1)).slice(all.length * square);
        for (const place of all.keys()) expect(new Set(rows.map((row) => row[place])).size).toBe(all.length);
      }),
    );
  });

  it("lets each of three treatments follow each other equally often over two squares", () => {
    const pairs = latinSquareOrder(["a", "b", "c"], 6).flatMap((row) => [`${row[0]}${row[1]}`, `${row[1]}${row[2]}`]);
    for (const pair of ["ab", "ba", "ac", "ca", "bc", "cb"]) expect(pairs.filter((p) => p === pair)).toHaveLength(2);
  });
});
