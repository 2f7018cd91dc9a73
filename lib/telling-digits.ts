/** More digits tell only how doubles are rounded. */
const most = 12;

/**
 * How many significant digits a number takes to not read as a whole number that it is not: these, or more. An end of an interval then
 * never reads 1 and lies beside it. @param usual digits of a number of which that is not to be feared
 */
export function tellingDigits(value: number, usual: number): number {
  if (Number.isInteger(value)) return usual;
  let count = usual;
  while (Number.isInteger(Number(value.toPrecision(count))) && count < most) count++;
  return Number.isInteger(Number(value.toPrecision(count))) ? usual : count;
}
