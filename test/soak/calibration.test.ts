import { describe, expect, it } from "vitest";
import { sourceOf } from "../support/calibration/campaign.ts";
import { largestShare } from "../support/calibration/errors.ts";
import { measureClaims, measureEdges, measureToldApart } from "../support/calibration/measure.ts";

/** Data sets of each kind; CALIBRATION_DATASETS and CALIBRATION_SEED change them. */
const datasets = Number(process.env.CALIBRATION_DATASETS ?? 2000);
const seed = Number(process.env.CALIBRATION_SEED ?? 1);
const limit = largestShare(datasets);

const tooOften = (shares: Record<string, number>) => Object.entries(shares).filter(([, share]) => share > limit);

describe("verdicts err in at most 5 % of made-up campaigns", () => {
  it.each(["emulated", "paper"] as const)("without a difference, on the scenarios of the profile %s", (profile) => {
    const { claims, rules } = measureClaims(profile, datasets, sourceOf(seed));
    expect(Object.keys(claims)).toHaveLength(19);
    expect(tooOften(claims)).toEqual([]);
    expect(tooOften(rules)).toEqual([]);
  });

  it("at the edges of every rule that states a range", () => {
    const edges = Object.entries(measureEdges(datasets, sourceOf(seed)));
    expect(edges.length).toBeGreaterThan(20);
    expect(edges.filter(([, shares]) => Math.max(...shares) > limit)).toEqual([]);
  });

  it("in compare and demo", () => {
    for (const { bySpreads } of measureToldApart(datasets, sourceOf(seed)))
      expect(bySpreads["0"]).toBeLessThanOrEqual(limit);
  });
});
