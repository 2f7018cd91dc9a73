import { tellingDigits } from "../../lib/telling-digits.ts";

/** Significant digits of a number that is shown. */
const usual = 4;

/** A number as people read it, with four digits, and with more where it would read as a whole number that it is not. Nothing for null. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "number" || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(tellingDigits(value, usual))));
}
