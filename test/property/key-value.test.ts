import fc from "fast-check";
import { expect, test } from "vitest";
import { formatFields, parseFields } from "../../lib/key-value.ts";

const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/);
const value = fc.string({ unit: "grapheme" });

test("what is written as key=value is read back, on one line", () => {
  fc.assert(
    fc.property(fc.dictionary(key, value), (fields) => {
      const line = formatFields(fields);
      expect(line).not.toMatch(/[\n\t]/);
      expect(parseFields(line, "test")).toEqual({ ...fields });
    }),
  );
});

test("different fields are different lines", () => {
  fc.assert(
    fc.property(key, value, value, (name, a, b) => {
      expect(formatFields({ [name]: a }) === formatFields({ [name]: b })).toBe(a === b);
    }),
  );
});
