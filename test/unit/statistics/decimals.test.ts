import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTwoColumns } from "../../../measure/statistics/columns.ts";
import { hodgesLehmann } from "../../../measure/statistics/hodges-lehmann.ts";
import { pairedDifferences } from "../../../measure/statistics/samples.ts";
import { wilcoxon } from "../../../measure/statistics/wilcoxon.ts";

describe("ties of decimal data", () => {
  test("are those of the same data times 1000", () => {
    const [x, y] = [
      [0.5, 0.825, 0.375, 0.5],
      [0.525, 0.775, 0.325, 0.55],
    ];
    const thousands = (values: number[]) => values.map((value) => Math.round(value * 1000));
    const result = wilcoxon(x, y);
    expect(result).toEqual(wilcoxon(thousands(x), thousands(y)));
    expect(result).toMatchObject({ ties: true, statistic: 4 });
    // SciPy 1.17.1: wilcoxon([-25, 50, 50, -50], method="asymptotic"), of both sides and of one.
    const limit = { method: "asymptotic" } as const;
    expect(wilcoxon(x, y, limit).pValue).toBeCloseTo(0.7054569861112734, 12);
    expect(wilcoxon(x, y, { ...limit, alternative: "greater" })).toMatchObject({
      statistic: 6,
      pValue: expect.closeTo(0.3527, 4),
    });
  });

  test("whatever the data, its sign and its unit", () => {
    const digits = fc.integer({ min: 0, max: 9 });
    const whole = fc.integer({ min: -40_000, max: 40_000 });
    const rows = fc.array(fc.tuple(whole, whole), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(rows, digits, (pairs, decimals) => {
        const text = (value: number) => Number(`${value}e-${decimals}`);
        const scaled = pairs.map(([a, b]) => [text(a), text(b)] as const);
        const actual = wilcoxon(
          scaled.map(([a]) => a),
          scaled.map(([, b]) => b),
        );
        const expected = wilcoxon(
          pairs.map(([a]) => a),
          pairs.map(([, b]) => b),
        );
        expect(actual).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test("differences are the doubles nearest to the exact ones", () => {
    const decimal = fc
      .tuple(fc.integer({ min: -9_999_999, max: 9_999_999 }), fc.integer({ min: 0, max: 6 }))
      .map(([value, decimals]) => ({
        exact: BigInt(value) * 10n ** BigInt(6 - decimals),
        value: value / 10 ** decimals,
      }));
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const [difference] = pairedDifferences([a.value], [b.value]);
        expect(difference).toBe(Number(a.exact - b.exact) / 1e6 + 0);
      }),
      { numRuns: 2000 },
    );
    expect([...pairedDifferences([1_700_000_000.5], [1_700_000_000.3])]).toEqual([0.2]);
    expect([...pairedDifferences([1e300, 5e-324, Math.PI], [1, 0, 1])]).toEqual([1e300, 5e-324, Math.PI - 1]);
  });

  test("show in the location too", () => {
    expect(hodgesLehmann([0.525], [0.5]).estimate).toBe(0.025);
  });
});

describe("digits that a double does not hold", () => {
  const read = (cell: string) => parseTwoColumns(`a,b\n1,2\n${cell},0\n`, { source: "f.csv", unequal: false }).x[1];

  test.each([
    "1700000000123456789",
    "-1700000000123456789",
    "1700000000.123456789",
    "1700000000.1234568",
    "9007199254740993",
    "18446744073709551600",
    "0.1234567890123456789",
    "1.700000000123456789e18",
    `0.${"1".repeat(200)}`,
  ])("are refused by row: %s", (cell) => {
    expect(() => read(cell)).toThrow(/^f\.csv:3: "a" is .* which has more digits than a double holds/);
  });

  test.each([
    ["1700000000.123456", 1_700_000_000.123456],
    ["0.10000000000000001", 0.1],
    ["0.30000000000000004441", 0.30000000000000004],
    ["1239260646675322.2", 1_239_260_646_675_322.2],
    ["1700000000123456768", 1_700_000_000_123_456_800],
    ["9007199254740992", 9_007_199_254_740_992],
    ["0.50000000000000000000000", 0.5],
    ["100000000000000000000000", 1e23],
    ["000000000000000000001.5", 1.5],
  ])("and those that it gives back are read: %s", (cell, value) => {
    expect(read(cell)).toBe(value);
  });

  test("are never dropped in silence, and what programs write is read", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(finite, fc.integer({ min: 1, max: 21 }), (value, digits) => {
        const rounded = value.toPrecision(digits);
        expect(read(String(value))).toBe(value + 0);
        if (digits >= 17) expect(read(rounded)).toBe(value + 0);
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }), (value) => {
        const isHeld = BigInt(Number(value)) === value || String(Number(value)) === String(value);
        if (isHeld) expect(read(String(value))).toBe(Number(value));
        else expect(() => read(String(value))).toThrow("more digits");
      }),
      { numRuns: 1000 },
    );
  });
});
