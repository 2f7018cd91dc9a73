import { describe, expect, it } from "vitest";
import { hasSecret, isUnknown, open, seal, unknown } from "../../../tools/engine/command-provider/envelopes.ts";

describe("envelopes", () => {
  it("opens secrets wherever they lie, one in another too", () => {
    const value = { a: [1, seal("x")], b: { c: seal({ d: seal(null) }) }, e: true };
    expect(open(value)).toEqual({ a: [1, "x"], b: { c: { d: null } }, e: true });
  });

  it("finds secrets wherever they lie", () => {
    expect(hasSecret({ a: [{ b: seal("x") }] })).toBe(true);
    expect(hasSecret({ a: [{ b: "x" }], c: null })).toBe(false);
  });

  it("leaves other envelopes as they are", () => {
    const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", hash: "h", text: "t" };
    expect(open({ triggers: [asset] })).toEqual({ triggers: [asset] });
  });

  it("knows what is not known", () => {
    expect(isUnknown(unknown)).toBe(true);
    expect(isUnknown("text")).toBe(false);
    expect(isUnknown(undefined)).toBe(false);
  });
});
