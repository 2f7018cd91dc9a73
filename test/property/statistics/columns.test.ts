import fc from "fast-check";
import { expect, test } from "vitest";
import { LabError } from "../../../lib/errors.ts";
import { parseTwoColumns } from "../../../measure/statistics/columns.ts";
import { cpuMs } from "../../support/cpu-time.ts";

/** Inputs a property; more for a soak by hand, as in FUZZ_RUNS=1000000. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 10_000);
const timeout = 60_000 + numRuns / 5;

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

/** Text made of what a CSV file is made of, well formed or not. */
const nearlyCsv = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom(",", "\n", "\r\n", '"', '""', " ", "\t", "a,b\n", "1,2\n", "3,\n", ",4\n"),
      },
      { weight: 3, arbitrary: fc.oneof(finite, fc.integer()).map(String) },
      {
        weight: 1,
        arbitrary: fc.constantFrom("NaN", "Infinity", "-", "1e999", "0x1", "\uFEFF", ";", "\0", "é", "1e", "+."),
      },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));

test(
  "any text is read whole or refused with its line",
  () => {
    fc.assert(
      fc.property(nearlyCsv, fc.boolean(), fc.boolean(), (text, headed, unequal) => {
        const input = headed ? `a,b\n${text}` : text;
        try {
          const { x, y } = parseTwoColumns(input, { source: "f", unequal });
          if (!unequal) expect(x.length).toBe(y.length);
          expect([...x, ...y].every(Number.isFinite)).toBe(true);
          expect(x.length + y.length).toBeLessThanOrEqual(2 * input.split("\n").length);
        } catch (error) {
          if (!(error instanceof LabError)) throw error;
          const [, line] = /^f:(\d+): /.exec(error.message) ?? [];
          expect(Number(line), error.message).toBeGreaterThanOrEqual(1);
          expect(Number(line), error.message).toBeLessThanOrEqual(input.split("\n").length);
        }
      }),
      { numRuns },
    );
  },
  timeout,
);

test(
  "what was written is what is read",
  () => {
    const ending = fc.constantFrom("\n", "\r\n");
    fc.assert(
      fc.property(fc.array(fc.tuple(finite, finite), { maxLength: 12 }), ending, fc.boolean(), (rows, end, quote) => {
        const cell = (value: number) => (quote ? `"${value}"` : ` ${value}`);
        const text = `x,y${end}${rows.map(([a, b]) => `${cell(a)},${cell(b)}${end}`).join("")}`;
        const { x, y } = parseTwoColumns(text, { source: "f", unequal: false });
        expect([...x]).toEqual(rows.map(([a]) => a + 0));
        expect([...y]).toEqual(rows.map(([, b]) => b + 0));
      }),
      { numRuns: Math.min(numRuns, 2000) },
    );
  },
  timeout,
);

test("a cell of a million characters takes no more than its length", () => {
  const before = process.cpuUsage();
  for (const cell of [
    " ".repeat(1e6),
    '"'.repeat(1e6),
    `"${" ".repeat(1e6)}`,
    `"${'""'.repeat(5e5)}x`,
    "1".repeat(1e6),
    ",".repeat(1e6),
  ]) {
    expect(() => parseTwoColumns(`a,b\n1,${cell}x"`, { source: "f", unequal: false })).toThrow(LabError);
  }
  expect(cpuMs(before)).toBeLessThan(5000);
});
