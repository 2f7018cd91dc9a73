import { describe, expect, test } from "vitest";
import { decideEquivalence } from "../../../measure/statistics/equivalence.ts";
import { formPairs, type RunSample } from "../../../measure/statistics/pairs.ts";

const run = (backgroundVms: number, replicate: number, number: number, values: (number | null)[]): RunSample => ({
  cell: { backgroundVms, loadType: "cpu" },
  replicate,
  run: number,
  packets: values.map((_, i) => i + 1),
  values,
});

describe("pairs", () => {
  const first = [
    run(0, 1, 1, [1, 2, 9]),
    run(0, 1, 2, [4, null, 6]),
    run(8, 1, 1, [null, null, null]),
    run(8, 2, 1, [7, 8, 9]),
  ];
  const second = [
    run(8, 1, 1, [1, 1, 1]),
    run(0, 1, 2, [10, 20, 30]),
    run(0, 1, 1, [5, 6, null]),
    run(64, 1, 1, [0, 0, 0]),
  ];

  test("are run medians of equal cell, replicate and run by default", () => {
    const { x, y, record } = formPairs(first, second);
    expect([...x]).toEqual([2, 5]);
    expect([...y]).toEqual([5.5, 20]);
    expect(record).toEqual({
      unit: "run-median",
      matchedOn: ["backgroundVms", "loadType", "replicate", "run"],
      pairs: 2,
      cells: 1,
      unmatched: { first: 1, second: 2 },
      withoutValue: { first: 1, second: 0 },
      statement:
        "a pair is the medians (Hyndman-Fan type 7) of two runs of equal backgroundVms, loadType, replicate, run: " +
        "2 pairs from 1 cell; without a partner 1 and 2, without a value 1 and 0",
    });
  });

  test("are packets of equal index where the paper's way is asked for", () => {
    const { x, y, record } = formPairs(first, second, { unit: "packet" });
    expect([...x]).toEqual([1, 2, 4, 6]);
    expect([...y]).toEqual([5, 6, 10, 30]);
    expect(record).toMatchObject({
      matchedOn: ["backgroundVms", "loadType", "replicate", "run", "packet"],
      unmatched: { first: 4, second: 7 },
      withoutValue: { first: 4, second: 1 },
    });
    expect(record.statement).toContain("not independent");
  });

  test("of nothing are none", () => {
    expect(formPairs([], []).record).toMatchObject({ pairs: 0, cells: 0 });
  });

  test("refuse what would be ambiguous", () => {
    const one = run(0, 1, 1, [1]);
    expect(() => formPairs([one, one], [])).toThrow("run 1 of replicate 1");
    const inFolder = (folder: string) => ({ ...one, folder });
    expect(() => formPairs([inFolder("a/rep-01_run-01"), inFolder("b/rep-01_run-01")], [])).toThrow(
      "twice on the first side, in a/rep-01_run-01 and b/rep-01_run-01;",
    );
    expect(() => formPairs([one], [{ ...one, cell: { backgroundVms: 0 } }])).toThrow("same factors");
    expect(() => formPairs([{ ...one, packets: [1, 2] }], [])).toThrow("2 packet indices for 1 values");
    expect(() => formPairs([{ ...one, packets: [1, 1], values: [1, 2] }], [])).toThrow("packet 1 of run 1");
    expect(() => formPairs([{ ...one, values: [Number.NaN] }], [])).toThrow("a missing value is null");
  });
});

test("equivalence is an interval inside the margin", () => {
  expect(decideEquivalence({ low: -0.5, high: 0.9 }, 1)).toBe("equivalent");
  expect(decideEquivalence({ low: -0.5, high: 1 }, 1)).toBe("undecided");
  expect(decideEquivalence({ low: -5, high: 5 }, 1)).toBe("undecided");
  expect(decideEquivalence({ low: 1, high: 2 }, 1)).toBe("different");
  expect(decideEquivalence({ low: -3, high: -2 }, { low: -2, high: 1 })).toBe("different");
  expect(decideEquivalence(null, 1)).toBe("not enough data");
  expect(() => decideEquivalence(null, 0)).toThrow("low < high");
});
