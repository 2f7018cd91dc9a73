import type { Estimate } from "./interval.ts";

/** The least and the greatest that an unknown value can be. */
export interface Ends {
  low: number;
  high: number;
}

/** Where nothing bounds a value: beyond all logarithms of ratios and percentage points, and far from where doubles overflow. */
export const anywhere: Ends = { low: -1e9, high: 1e9 };

const beyond = (value: number) => Math.abs(value) >= anywhere.high / 4;

/** Known values with each unknown one at an end. */
export const filledUp = (known: Float64Array, unknown: number, end: number): Float64Array =>
  Float64Array.from([...known, ...new Array<number>(unknown).fill(end)]);

/**
 * An estimate of the known values with an interval that holds whatever the unknown ones are: its low end is that with all of them
 * at their least, its high end that with all of them at their greatest (C. F. Manski, "Partial Identification of Probability
 * Distributions", 2003). There is none where an end depends on a value that may be anything.
 * @param estimateOf whose interval's ends do not fall where values rise, as those of ranks do not
 */
export function estimateWithUnknown(
  known: Float64Array,
  unknown: number,
  estimateOf: (values: Float64Array) => Estimate,
  ends: Ends = anywhere,
): Estimate {
  const found = estimateOf(known);
  if (unknown === 0 || found.interval === null) return found;
  return boundedBy(
    found,
    estimateOf(filledUp(known, unknown, ends.low)),
    estimateOf(filledUp(known, unknown, ends.high)),
  );
}

/** An estimate with the interval from the low end of one estimate to the high end of another; none where an end may be anything. */
export function boundedBy(found: Estimate, { interval: low }: Estimate, { interval: high }: Estimate): Estimate {
  const isBounded = low !== null && high !== null && !beyond(low.low) && !beyond(high.high);
  return {
    ...found,
    interval: isBounded ? { ...low, low: low.low, high: high.high } : null,
    note: isBounded ? found.note : "the unknown values could be anywhere, and so could the centre",
  };
}

/** The largest two-sided p that unknown values can lead to, from the tests with all at one end and at the other. */
export function largestPValue(
  ...tests: readonly { pValue: number | null; rankBiserial: number | null }[]
): number | null {
  const sides = new Set(tests.map(({ rankBiserial }) => Math.sign(rankBiserial ?? 0)));
  if (tests.some(({ pValue }) => pValue === null)) return null;
  return sides.size > 1 ? 1 : Math.max(...tests.map(({ pValue }) => pValue ?? 1));
}
