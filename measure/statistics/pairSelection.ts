/**
 * A family of numbers value(i, j), i < rows and j < columns, that no one wants to write down: it never falls as i grows with j fixed,
 * nor as j grows with i fixed. Walsh averages of sorted data are one, differences of two sorted samples another.
 */
export interface MonotoneFamily {
  rows: number;
  columns: number;
  value(i: number, j: number): number;
  /** The first column of row i that belongs to the family. */
  firstColumn(i: number): number;
}

/**
 * The k-th smallest number (1-based) of a monotone family, exactly, in O((rows + columns) * 64) time and no memory.
 *
 * Bisects over doubles in the order of their bits, of which there are 2^64, counting at each step by a walk along the
 * boundary; the smallest double that at least k members do not exceed is the k-th member.
 */
export function selectKth(family: MonotoneFamily, k: number): number {
  let low = ordinal(Number.NEGATIVE_INFINITY);
  let high = ordinal(Number.POSITIVE_INFINITY);
  while (low < high) {
    const middle = (low + high) >> 1n;
    if (countUpTo(family, fromOrdinal(middle)) >= k) high = middle;
    else low = middle + 1n;
  }
  // -0 comes before 0 in the order of bits, and counts the zeros first.
  return fromOrdinal(low) + 0;
}

/** How many members do not exceed `limit`. */
function countUpTo({ rows, columns, value, firstColumn }: MonotoneFamily, limit: number): number {
  let count = 0;
  let end = columns;
  for (let i = 0; i < rows && end > 0; i++) {
    while (end > 0 && value(i, end - 1) > limit) end--;
    count += Math.max(0, end - firstColumn(i));
  }
  return count;
}

const scratch = new DataView(new ArrayBuffer(8));
const MAGNITUDE = 0x7fffffffffffffffn;

/** Doubles to integers in the same order. */
function ordinal(value: number): bigint {
  scratch.setFloat64(0, value);
  const bits = scratch.getBigInt64(0);
  return bits < 0n ? ~(bits & MAGNITUDE) : bits;
}

function fromOrdinal(order: bigint): number {
  scratch.setBigInt64(0, order < 0n ? BigInt.asIntN(64, ~order | ~MAGNITUDE) : order);
  return scratch.getFloat64(0);
}
