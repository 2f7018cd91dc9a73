import { describe, expect, test } from "vitest";
import { parseTwoColumns } from "../../../measure/statistics/columns.ts";

const paired = (text: string) => parseTwoColumns(text, { source: "f.csv", unequal: false });
const unequal = (text: string) => parseTwoColumns(text, { source: "f.csv", unequal: true });

describe("two columns", () => {
  test.each([
    ["a,b\n1,2\n3,4", [1, 3], [2, 4]],
    ["\uFEFFa,b\r\n1,2\r\n\r\n\n", [1], [2]],
    [' a , "b, c" \n +1e3 ,\t-.5\n"7","8."\n', [1000, 7], [-0.5, 8]],
    ['"said ""so""",b\n0,-0\n', [0], [-0]],
    ["a,b\n5e-324,1.7976931348623157e308\n1e-999,2", [5e-324, 0], [1.7976931348623157e308, 2]],
    ["a,b", [], []],
  ])("%j is read", (text, x, y) => {
    const columns = paired(text);
    expect([[...columns.x], [...columns.y]]).toEqual([x, y]);
  });

  test("names are kept", () => {
    expect(paired('"said ""so""","b, c"\n').names).toEqual(['said "so"', "b, c"]);
  });

  test.each([
    ["", "f.csv:1: two columns separated by a comma are expected, found a blank line"],
    ["1,2\n3,4", "f.csv:1: a header with two column names is expected, but both cells are numbers"],
    [",b\n1,2", "f.csv:1: a header with two column names is expected, and one is blank"],
    ["a\n1", "f.csv:1: two columns separated by a comma are expected, found 1"],
    ["a;b\n1;2", "f.csv:1: two columns"],
    ["a,b\n1,2\n1,2,3", "f.csv:3: two columns separated by a comma are expected, found 3"],
    ["a,b\n1,2\n\n3,4", "f.csv:3: two columns separated by a comma are expected, found a blank line"],
    ["a,b\n1,2\n3,", 'f.csv:3: "b" has no value'],
    ["a,b\n,2", 'f.csv:2: "a" has no value'],
    ["a,b\n1,NaN", 'f.csv:2: "b" is "NaN", which is not a finite number'],
    ["a,b\n1,nan", "not a finite number"],
    ["a,b\n-Infinity,1", 'f.csv:2: "a" is "-Infinity"'],
    ["a,b\n1,1e309", 'f.csv:2: "b" is "1e309", beyond the largest double'],
    ["a,b\n0x10,1", "not a finite number"],
    ["a,b\n1_0,1", "not a finite number"],
    ["a,b\n1 2,1", "not a finite number"],
    ["a,b\n.,1", "not a finite number"],
    ["a,b\n1e,1", "not a finite number"],
    ['a,b\n"1,2', "f.csv:2: a quotation mark is out of place"],
    ['a,b\n"1"2,3', "f.csv:2: a quotation mark is out of place"],
    ['a,b\n1",3', "f.csv:2: a quotation mark is out of place"],
  ])("%j is refused", (text, message) => {
    expect(() => paired(text)).toThrow(message);
  });

  test("columns of different lengths are read where that is meant", () => {
    const columns = unequal("a,b\n1,2\n,3\n ,4\n");
    expect([[...columns.x], [...columns.y]]).toEqual([[1], [2, 3, 4]]);
    expect(unequal("a,b\n,2\n").x).toHaveLength(0);
  });

  test("a column that goes on after a gap is refused, and so is a line without any value", () => {
    expect(() => unequal("a,b\n,2\n1,3\n")).toThrow('f.csv:3: "a" ended at line 2');
    expect(() => unequal("a,b\n1,2\n,\n3,4")).toThrow('f.csv:3: "a" has no value');
  });
});
