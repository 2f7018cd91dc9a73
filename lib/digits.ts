/** Significant digits of a number that is printed. */
export const usualDigits = 3;

/** A number with some significant digits, without an exponent where it can be avoided. */
export function digits(value: number | null, significant = usualDigits): string | null {
  if (value === null) return null;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 10 ** significant) return value.toFixed(0);
  return size < 1e-4 ? value.toExponential(1) : value.toPrecision(significant);
}
