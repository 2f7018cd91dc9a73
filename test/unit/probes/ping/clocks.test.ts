import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareClocks, type OffsetBound } from "../../../../measure/probes/ping/matching/clocks.ts";

/** Packets every millisecond whose offset is known to within a slack on either side. */
const bounds = (count: number, offset: (atNs: number) => number, slack = (_at: number) => 200_000): OffsetBound[] =>
  Array.from({ length: count }, (_, at) => {
    const atNs = at * 1e6;
    const [low, high] = [offset(atNs) - slack(at), offset(atNs) + slack(at)];
    return { index: at + 1, atNs, untilNs: atNs + 400_000, lowNs: low, highNs: high };
  });

describe("the rate of one clock against another", () => {
  it("is bounded by the packets, and the bounds hold the truth", () => {
    const { ratePpm, steps, affected } = compareClocks(bounds(1000, (at) => 5e9 + 40e-6 * at));
    expect(steps).toEqual([]);
    expect(affected.size).toBe(0);
    // Over 999 ms, 200 us at either end allow 400.4 ppm more or less.
    expect(ratePpm?.low).toBeCloseTo(40 - 400_000 / 999, 3);
    expect(ratePpm?.high).toBeCloseTo(40 + 400_000 / 999, 3);
    expect(ratePpm?.estimate).toBeCloseTo(40, 3);
  });

  it("holds for any rate and any slack", () => {
    const slacks = fc.array(fc.integer({ min: 1000, max: 3_000_000 }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(fc.double({ min: -500, max: 500, noNaN: true }), slacks, (ppm, slack) => {
        const found = compareClocks(
          bounds(
            slack.length,
            (at) => (ppm * at) / 1e6,
            (at) => slack[at] ?? 0,
          ),
        );
        expect(found.steps).toEqual([]);
        expect(found.ratePpm?.low).toBeLessThanOrEqual(ppm + 1e-6);
        expect(found.ratePpm?.high).toBeGreaterThanOrEqual(ppm - 1e-6);
        expect(found.ratePpm?.estimate).toBeGreaterThanOrEqual(found.ratePpm?.low ?? 0);
        expect(found.ratePpm?.estimate).toBeLessThanOrEqual(found.ratePpm?.high ?? 0);
      }),
    );
  });

  it("is unknown without two packets", () => {
    expect(compareClocks([]).ratePpm).toBeNull();
    expect(compareClocks(bounds(1, () => 0)).ratePpm).toBeNull();
  });
});

describe("a clock that is set", () => {
  it.each([2_000_000, -2_000_000])("by %d ns is found where it happened", (jump) => {
    const { steps, ratePpm, affected } = compareClocks(bounds(100, (at) => (at < 50e6 ? 0 : jump)));
    expect(steps).toMatchObject([{ index: 51 }]);
    // 400 us are hidden by the slack, and a rate that is still plausible explains a little more.
    expect(Math.abs(steps[0]?.jumpNs ?? 0)).toBeGreaterThan(1_550_000);
    expect(Math.sign(steps[0]?.jumpNs ?? 0)).toBe(Math.sign(jump));
    expect(ratePpm).toBeNull();
    expect([...affected]).toEqual([50, 51]);
  });

  it("by less than the packets can tell is not made up", () => {
    expect(compareClocks(bounds(100, (at) => (at < 50e6 ? 0 : 390_000))).steps).toEqual([]);
  });

  it("twice is found twice", () => {
    const offset = (at: number) => (at < 30e6 ? 0 : at < 60e6 ? 5e6 : -5e6);
    expect(compareClocks(bounds(100, offset)).steps.map(({ index }) => index)).toEqual([31, 61]);
  });
});
