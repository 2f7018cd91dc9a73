/**
 * What one packet tells of two clocks: their difference (second - first) lay between `lowNs` and `highNs`, because a
 * packet cannot arrive before it was sent. `atNs` is the time by the first clock, from any origin.
 */
export interface OffsetBound {
  index: number;
  atNs: number;
  /** When the packet was back, by the first clock. */
  untilNs: number;
  lowNs: number;
  highNs: number;
}

/** How two clocks went against each other during a run. */
export interface ClockComparison {
  /**
   * The second clock's rate error against the first, in parts per million: the bounds that all packets agree with, and
   * between them the slope of the least squares through the middles. Null with fewer than two packets or after a step.
   */
  ratePpm: { low: number; estimate: number; high: number } | null;
  /** Packets at which the difference had jumped by more than any rate explains, and by how much at least. */
  steps: { index: number; jumpNs: number }[];
  /** Packets that were under way while a clock was set. */
  affected: Set<number>;
}

/** No clock that works runs off faster; NTP steers by 500 ppm at most (RFC 5905). */
const plausiblePpm = 1000;

/**
 * Compares two clocks by what packets between them allow (the intersection method of Marzullo and Owicki, with a rate):
 * a line through all intervals is the difference of two clocks that were not set; where there is none, one was.
 * @param bounds in the order of time
 */
export function compareClocks(bounds: readonly OffsetBound[]): ClockComparison {
  // A packet that seems to have arrived before it was sent says nothing of the difference; its own values show that.
  const sound = bounds.filter(({ lowNs, highNs }) => lowNs <= highNs);
  const steps: ClockComparison["steps"] = [];
  const affected = new Set<number>();
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let before: OffsetBound | undefined;
  for (const now of sound) {
    const drift = before ? (Math.abs(now.atNs - before.atNs) * plausiblePpm) / 1e6 : 0;
    low -= drift;
    high += drift;
    const jumpNs = now.lowNs > high ? now.lowNs - high : now.highNs < low ? now.highNs - low : 0;
    if (before && jumpNs !== 0) {
      steps.push({ index: now.index, jumpNs });
      for (const { index, atNs, untilNs } of bounds)
        if (untilNs >= before.atNs && atNs <= now.untilNs) affected.add(index);
    }
    low = jumpNs === 0 ? Math.max(low, now.lowNs) : now.lowNs;
    high = jumpNs === 0 ? Math.min(high, now.highNs) : now.highNs;
    before = now;
  }
  return { ratePpm: steps.length === 0 ? rateBounds(sound) : null, steps, affected };
}

/** Slopes of the lines that pass through all intervals, in parts per million. */
function rateBounds(bounds: readonly OffsetBound[]): ClockComparison["ratePpm"] {
  const first = bounds[0];
  if (!first || bounds.length < 2) return null;
  const at = Float64Array.from(bounds, ({ atNs }) => (atNs - first.atNs) / 1e6);
  const lows = Float64Array.from(bounds, ({ lowNs }) => lowNs);
  const highs = Float64Array.from(bounds, ({ highNs }) => highNs);
  /** By how much the intervals miss a common point when a slope is taken out; convex in the slope, <= 0 when it fits. */
  const gap = (ppm: number) => {
    let low = Number.NEGATIVE_INFINITY;
    let high = Number.POSITIVE_INFINITY;
    for (let index = 0; index < at.length; index++) {
      const drift = (at[index] as number) * ppm;
      low = Math.max(low, (lows[index] as number) - drift);
      high = Math.min(high, (highs[index] as number) - drift);
    }
    return low - high;
  };
  let left = -widestPpm;
  let right = widestPpm;
  for (let round = 0; round < 60; round++) {
    const third = (right - left) / 3;
    if (gap(left + third) < gap(right - third)) right -= third;
    else left += third;
  }
  const middle = (left + right) / 2;
  if (gap(middle) > 0) return null;
  const low = edge(gap, middle, -widestPpm);
  const high = edge(gap, middle, widestPpm);
  return { low, estimate: Math.min(high, Math.max(low, slopePpm(bounds))), high };
}

/** Least squares through the middles of the intervals, in parts per million; 0 when all lie at one time. */
function slopePpm(bounds: readonly OffsetBound[]): number {
  const mean = (of: (bound: OffsetBound) => number) =>
    bounds.reduce((sum, bound) => sum + of(bound), 0) / bounds.length;
  const middle = ({ lowNs, highNs }: OffsetBound) => (lowNs + highNs) / 2;
  const [meanAt, meanMiddle] = [mean(({ atNs }) => atNs), mean(middle)];
  const spread = mean(({ atNs }) => (atNs - meanAt) ** 2);
  const common = mean((bound) => (bound.atNs - meanAt) * (middle(bound) - meanMiddle));
  return spread === 0 ? 0 : (1e6 * common) / spread;
}

/** Short runs of slow packets allow more than any clock does; the bounds are then as wide as this. */
const widestPpm = 1e6;

/** Where between a slope that fits and one that may not the fit ends. */
function edge(gap: (ppm: number) => number, fits: number, beyond: number): number {
  if (gap(beyond) <= 0) return beyond;
  let [inside, outside] = [fits, beyond];
  for (let round = 0; round < 40; round++) {
    const middle = (inside + outside) / 2;
    if (gap(middle) <= 0) inside = middle;
    else outside = middle;
  }
  return inside;
}
