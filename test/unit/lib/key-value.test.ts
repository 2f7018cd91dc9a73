import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { decimalNumber, formatFields, parseFields, parseRecords, wholeNumber } from "../../../lib/key-value.ts";

describe("lines of key=value", () => {
  test("hold any text in words that a shell leaves alone", () => {
    const value = "a b\n$(id) 'x' \"y\" * ? % = é";
    const line = formatFields({ name: "rtt-bg-1", owner: value, empty: "" });
    expect(line).toMatch(/^[A-Za-z0-9_.,:/@+%= -]*$/);
    expect(parseFields(line, "test")).toEqual({ name: "rtt-bg-1", owner: value, empty: "" });
    expect(execFileSync("sh", ["-c", `cd /; echo ${line}`], { encoding: "utf8" })).toBe(`${line}\n`);
  });

  test.each([
    ["name", '"name" is not key=value'],
    ["=x", '"=x" is not key=value'],
    ["a-b=x", '"a-b=x" is not key=value'],
    ["a=1 a=2", "a is given twice"],
    ["a=%zz", "escape"],
    ["a=1\tb=2 c", '"c" is not key=value'],
  ])("%j is refused with the word that is wrong", (line, why) => {
    expect(() => parseFields(line, "sender")).toThrow(why);
    expect(() => parseFields(line, "sender")).toThrow("sender: ");
  });

  test("a record that does not fit is refused by line, key and value", () => {
    const schema = z.object({ ticks: wholeNumber, seconds: decimalNumber });
    expect(parseRecords(schema, "ticks=12 seconds=0.50\n\nseconds=3 ticks=0\n", "x")).toEqual([
      { ticks: 12, seconds: 0.5 },
      { ticks: 0, seconds: 3 },
    ]);
    expect(() => parseRecords(schema, "ticks= seconds=1", "sender")).toThrow('ticks: "" is no whole number');
    expect(() => parseRecords(schema, "ticks=1 seconds=NaN", "sender")).toThrow('seconds: "NaN" is no number');
    expect(() => parseRecords(schema, "ticks=1e3 seconds=1", "sender")).toThrow('ticks: "1e3"');
    expect(() => parseRecords(schema, "ticks=9007199254740993 seconds=1", "sender")).toThrow("ticks");
    expect(() => parseRecords(schema, "ticks=1", "sender")).toThrow("seconds");
    expect(() => parseRecords(schema, "Welcome to this server", "sender")).toThrow('"Welcome"');
  });

  test("a key that is no name of a variable is not written", () => {
    expect(() => formatFields({ "a b": 1 })).toThrow(RangeError);
  });
});
