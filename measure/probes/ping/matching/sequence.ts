/**
 * Interarrival jitter of RFC 3550 (6.4.1) of transit times in the order of arrival: the running mean, over about 16
 * packets, of how much one differs from the next. With RTTs as transit times it is free of clock offsets. Null without
 * two values.
 */
export function jitter(transits: readonly number[]): number | null {
  if (transits.length < 2) return null;
  let mean = 0;
  for (let at = 1; at < transits.length; at++)
    mean += (Math.abs((transits[at] as number) - (transits[at - 1] as number)) - mean) / 16;
  return mean;
}

/** Which numbers of an order of arrival came after a greater one: the reordered packets of RFC 4737 (section 3). */
export function reordered(arrivals: readonly number[]): Set<number> {
  const late = new Set<number>();
  let greatest = Number.NEGATIVE_INFINITY;
  for (const index of arrivals) {
    if (index < greatest) late.add(index);
    else greatest = index;
  }
  return late;
}

/** How requests left, as far as it can be told. */
export interface Sending {
  /** Where the times are from: ping's stamp in the packet, or what ping printed less the RTT. */
  source: "packets" | "printed";
  /** Requests with a known time. */
  count: number;
  /** Mean rate between the first and the last of them, packets per second; null when they left at one time. */
  ratePps: number | null;
  gapNs: { min: number; median: number; max: number };
  /** Most requests without a reply at one time, the one just sent included. */
  mostInFlight: number;
}

/**
 * @param sent send times in nanoseconds by one clock, with the RTT or null for a request without reply
 * @param giveUpNs how long a request without reply counts as in flight
 */
export function describeSending(
  sent: readonly { atNs: number; rttNs: number | null }[],
  source: Sending["source"],
  giveUpNs = 0,
): Sending | null {
  const times = sent.map(({ atNs }) => atNs).sort((a, b) => a - b);
  const gaps = times
    .slice(1)
    .map((time, at) => time - (times[at] as number))
    .sort((a, b) => a - b);
  const [first, last] = [times[0], times.at(-1)];
  const [min, max] = [gaps[0], gaps.at(-1)];
  if (first === undefined || last === undefined || min === undefined || max === undefined) return null;
  const upper = gaps[gaps.length >> 1] as number;
  const lower = gaps[(gaps.length - 1) >> 1] as number;
  const ends = sent.map(({ atNs, rttNs }) => atNs + (rttNs ?? giveUpNs)).sort((a, b) => a - b);
  let mostInFlight = 0;
  let ended = 0;
  times.forEach((time, at) => {
    while (ended < ends.length && (ends[ended] as number) <= time) ended++;
    mostInFlight = Math.max(mostInFlight, at + 1 - ended);
  });
  return {
    source,
    count: times.length,
    ratePps: last > first ? ((times.length - 1) * 1e9) / (last - first) : null,
    gapNs: { min, median: (upper + lower) / 2, max },
    mostInFlight,
  };
}
