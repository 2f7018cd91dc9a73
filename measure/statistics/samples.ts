import { LabError } from "../../lib/errors.ts";
import { subtractDecimals } from "./decimal-differences.ts";

/** Numbers in order: a plain array or a typed array. */
export type Sample = ArrayLike<number>;

/**
 * A copy of a sample as doubles, with -0 turned into 0 so that both are one value to every sort and comparison.
 *
 * @throws LabError at the first value that is NaN or infinite, with its index: a rank or a quantile of it means nothing,
 * and leaving it out silently would change what is measured.
 */
export function finiteSample(values: Sample, name: string): Float64Array {
  const copy = new Float64Array(values);
  for (let i = 0; i < copy.length; i++) {
    const value = copy[i]!;
    if (!Number.isFinite(value)) {
      throw new LabError(`${name}[${i}] is ${value}; give finite numbers and drop missing values as whole pairs`);
    }
    copy[i] = value + 0;
  }
  return copy;
}

/**
 * The differences x[i] - y[i] of paired samples, of decimal numbers without the digits that only their doubles have.
 *
 * @throws LabError where lengths differ, a value is not finite, or a difference is beyond the largest double.
 */
export function pairedDifferences(x: Sample, y: Sample): Float64Array {
  requireSameLength(x, y);
  const differences = finiteSample(x, "x");
  subtractDecimals(differences, finiteSample(y, "y"));
  for (let i = 0; i < differences.length; i++) {
    if (!Number.isFinite(differences[i])) {
      throw new LabError(`x[${i}] - y[${i}] overflows a double; divide both samples by the same factor first`);
    }
  }
  return differences;
}

/** @throws LabError where paired samples differ in length. */
export function requireSameLength(x: Sample, y: Sample): void {
  if (x.length !== y.length) {
    throw new LabError(`paired samples need one length, but x has ${x.length} values and y has ${y.length}`);
  }
}
