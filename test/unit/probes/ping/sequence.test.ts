import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeSending, jitter, reordered } from "../../../../measure/probes/ping/matching/sequence.ts";

describe("jitter of RFC 3550", () => {
  it("follows J += (|D| - J) / 16", () => {
    expect(jitter([10, 26])).toBe(1);
    expect(jitter([10, 26, 10])).toBe(1 + (16 - 1) / 16);
    expect(jitter([10, 10, 10])).toBe(0);
  });
  it("is unknown without two packets", () => {
    expect(jitter([])).toBeNull();
    expect(jitter([3])).toBeNull();
  });
  it("does not depend on an offset of the clock, and lies below the greatest difference", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 2 }), fc.integer(), (transits, offset) => {
        const value = jitter(transits) ?? Number.NaN;
        expect(jitter(transits.map((transit) => transit + offset))).toBe(value);
        expect(value).toBeLessThanOrEqual(Math.max(...transits) - Math.min(...transits));
      }),
    );
  });
});

describe("reordering of RFC 4737", () => {
  it("counts what comes after a greater number", () => {
    expect([...reordered([1, 2, 3])]).toEqual([]);
    expect([...reordered([1, 3, 2, 4])]).toEqual([2]);
    expect([...reordered([3, 1, 2, 5, 4])]).toEqual([1, 2, 4]);
  });
});

describe("how requests left", () => {
  it("gives the rate, the gaps and the requests in flight", () => {
    const sent = [
      { atNs: 0, rttNs: 2_500_000 },
      { atNs: 1_000_000, rttNs: 500_000 },
      { atNs: 2_000_000, rttNs: null },
      { atNs: 4_000_000, rttNs: 100 },
    ];
    expect(describeSending(sent, "packets", 10_000_000)).toEqual({
      source: "packets",
      count: 4,
      ratePps: 750,
      gapNs: { min: 1_000_000, median: 1_000_000, max: 2_000_000 },
      mostInFlight: 2,
    });
  });
  it("has no rate where all left at once, and nothing to say of one packet", () => {
    const now = { atNs: 5, rttNs: 1 };
    expect(describeSending([now, now], "printed")).toMatchObject({ ratePps: null, mostInFlight: 2 });
    expect(describeSending([now], "printed")).toBeNull();
  });
});
