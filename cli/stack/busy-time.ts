/** Something that was being done, in milliseconds of one clock. */
export interface Busy<Kind extends string> {
  kind: Kind;
  fromMs: number;
  toMs: number;
}

/**
 * How long each kind of thing was being done. While several were, the first in `order` counts, so that the sum is no longer than it took.
 * @param order all kinds
 * @returns seconds
 */
export function busySeconds<Kind extends string>(
  busy: readonly Busy<Kind>[],
  order: readonly Kind[],
): Record<Kind, number> {
  const edges = [...new Set(busy.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].sort((a, b) => a - b);
  const seconds = Object.fromEntries(order.map((kind) => [kind, 0])) as Record<Kind, number>;
  edges.forEach((from, index) => {
    const to = edges[index + 1];
    if (to === undefined) return;
    const during = busy.filter(({ fromMs, toMs }) => fromMs <= from && toMs >= to);
    const kind = order.find((each) => during.some((span) => span.kind === each));
    if (kind !== undefined) seconds[kind] += (to - from) / 1000;
  });
  return seconds;
}
