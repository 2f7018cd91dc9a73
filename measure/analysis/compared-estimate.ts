import type { Estimate } from "../statistics/interval.ts";
import type { Comparison } from "./comparison.ts";
import type { Scale } from "./contrasts.ts";

/** By how much two sides differ. */
export interface ComparedEstimate extends Estimate {
  scale: Scale;
  /** What it is where the sides are equal. */
  equal: 0 | 1;
}

/** The ratio of two sides, or their difference where that is compared; null without values, and without a comparison. */
export function estimateOf(comparison: Pick<Comparison, "ratio" | "difference"> | null): ComparedEstimate | null {
  if (comparison?.ratio) return { ...comparison.ratio, scale: "ratio", equal: 1 };
  return comparison?.difference ? { ...comparison.difference, scale: "difference", equal: 0 } : null;
}
