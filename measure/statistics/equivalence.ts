import { LabError } from "../../lib/errors.ts";
import type { Interval } from "./interval.ts";

/** What counts as no difference that matters; declared before the data are seen. */
export interface Margin {
  low: number;
  high: number;
}

export type EquivalenceDecision = "equivalent" | "different" | "undecided" | "not enough data";

/**
 * Decides "no difference" by where the interval of a difference lies, never by a large p-value (D. J. Schuirmann, Journal of
 * Pharmacokinetics and Biopharmaceutics 15 (1987), 657-680):
 *
 * - `equivalent`: all of it strictly inside the margin. With a two-sided interval at level 1 - 2a this is the two one-sided
 *   tests at a; at level 1 - a, as elsewhere in this project, it is stricter;
 * - `different`: all of it outside the margin, on one side;
 * - `undecided`: it crosses an end of the margin;
 * - `not enough data`: there is no interval.
 *
 * @param margin its two ends, or one positive number for both sides of 0
 * @throws LabError for a margin without width
 */
export function decideEquivalence(
  interval: Pick<Interval, "low" | "high"> | null,
  margin: Margin | number,
): EquivalenceDecision {
  const { low, high } = typeof margin === "number" ? { low: -margin, high: margin } : margin;
  if (!(low < high)) throw new LabError(`an equivalence margin needs low < high, got ${low} and ${high}`);
  if (interval === null) return "not enough data";
  if (interval.low > low && interval.high < high) return "equivalent";
  return interval.low >= high || interval.high <= low ? "different" : "undecided";
}
