import type { EchoExchange } from "../../capture/exchange.ts";

/** What a capture has of a packet but for its stamps: how many frames of which request, and how many that answer it. */
const framesOf = ({ seq, source, target, checksum, requestCopies, replyNs, duplicates }: EchoExchange): string =>
  JSON.stringify([seq, source, target, checksum, 1 + requestCopies, replyNs === null ? 0 : 1 + duplicates]);

/** How many of some packets others do not have, counting equal ones as often as they are there. */
function missingIn(others: readonly EchoExchange[], packets: readonly EchoExchange[]): number {
  const left = Map.groupBy(others, framesOf);
  return packets.filter((packet) => left.get(framesOf(packet))?.pop() === undefined).length;
}

/**
 * How a second capture at a point differs from the first, as a sentence; null where both saw the same frames of ping. The kernel hands
 * each frame to both, so nothing but stamps and order may differ.
 */
export function captureDifference(first: readonly EchoExchange[], second: readonly EchoExchange[]): string | null {
  const [alone, added] = [missingIn(second, first), missingIn(first, second)];
  if (alone + added === 0) return null;
  return `the two captures differ: ${alone} of the first's ${first.length} packets are not like that in the second, ${added} of the second's ${second.length} not in the first`;
}
