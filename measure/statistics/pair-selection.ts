/**
 * All sums a[i] + b[j] of two ascending samples, which no one wants to write down: averages of pairs of one sample, or
 * differences of two.
 */
export interface PairSums {
  a: Float64Array;
  b: Float64Array;
  /** Only those with i <= j. */
  triangular: boolean;
}

/**
 * The k-th smallest (1-based) of the sums, exactly, in O(a + b) memory.
 *
 * Keeps two bounds, of which the sum lies above the first and not above the second, and counts by a walk along the boundary how many
 * sums do not exceed a trial value between them. Trials interpolate by those counts, aiming a little to either side of the target in
 * turn; each fourth halves the interval in the order of doubles' bits, so that no data takes more than some 250 walks. Once few sums
 * are left between the bounds they are written down and sorted. (After D. B. Johnson and T. Mizoguchi, "Selecting the Kth Element in
 * X + Y", SIAM Journal on Computing 7 (1978), 147-153.)
 */
export function selectKth(sums: PairSums, k: number): number {
  const { a, b } = sums;
  const few = Math.max(64, (a.length + b.length) / 8);
  let low = a[0]! + b[0]!;
  let high = a[a.length - 1]! + b[b.length - 1]!;
  let upToLow = countUpTo(sums, low);
  let upToHigh = countUpTo(sums, high);
  if (upToLow >= k) return low + 0;
  for (let trial = 0; upToHigh - upToLow > few; trial++) {
    const mass = upToHigh - upToLow;
    const aim = (k - upToLow) / mass + (trial % 2 === 0 ? AIM_BESIDE : -AIM_BESIDE);
    let pivot = low + (high - low) * aim;
    if (trial % 4 === 3 || !(pivot > low && pivot < high)) pivot = between(low, high);
    if (pivot === low) return high + 0;
    const count = countUpTo(sums, pivot);
    if (count >= k) [high, upToHigh] = [pivot, count];
    else [low, upToLow] = [pivot, count];
  }
  return collect(sums, low, high, upToHigh - upToLow).sort()[k - upToLow - 1]! + 0;
}

/** The share of the remaining sums by which a trial aims past the target. */
const AIM_BESIDE = 0.02;

/** The sums above `low` and not above `high`, of which there are `count`. */
function collect({ a, b, triangular }: PairSums, low: number, high: number, count: number): Float64Array {
  const found = new Float64Array(count);
  let at = 0;
  let end = b.length;
  for (let i = 0; i < a.length; i++) {
    const first = a[i]!;
    while (end > 0 && first + b[end - 1]! > high) end--;
    for (let j = end - 1; j >= (triangular ? i : 0) && first + b[j]! > low; j--) found[at++] = first + b[j]!;
  }
  return found;
}

/** How many sums do not exceed `limit`. */
function countUpTo({ a, b, triangular }: PairSums, limit: number): number {
  let count = 0;
  let end = b.length;
  for (let i = 0; i < a.length; i++) {
    const first = a[i]!;
    while (end > 0 && first + b[end - 1]! > limit) end--;
    const from = triangular ? i : 0;
    if (end <= from) break;
    count += end - from;
  }
  return count;
}

const scratch = new DataView(new ArrayBuffer(8));
const MAGNITUDE = 0x7fffffffffffffffn;

/** The double half way between two, counted in doubles; the lower one where they are neighbours. */
function between(low: number, high: number): number {
  return fromOrdinal((ordinal(low) + ordinal(high)) >> 1n);
}

/** Doubles to integers in the same order. */
function ordinal(value: number): bigint {
  scratch.setFloat64(0, value);
  const bits = scratch.getBigInt64(0);
  return bits < 0n ? ~(bits & MAGNITUDE) : bits;
}

function fromOrdinal(order: bigint): number {
  scratch.setBigInt64(0, order < 0n ? ~order | ~MAGNITUDE : order);
  return scratch.getFloat64(0);
}
