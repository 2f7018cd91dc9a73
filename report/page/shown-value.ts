/** Significant digits of a number that is shown, and the most where these do not tell it from a whole number. */
const [usual, most] = [4, 12];

/**
 * A number as people read it, with four digits; with more where it would read as a whole number that it is not, so that an end of an
 * interval never reads 1 and lies beside it. Nothing for null.
 */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "number" || Number.isInteger(value)) return String(value);
  let count = usual;
  while (Number.isInteger(Number(value.toPrecision(count))) && count < most) count++;
  return String(Number(value.toPrecision(count)));
}
