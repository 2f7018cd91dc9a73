import type { EchoExchange } from "../../../capture/exchange.ts";
import { unwrap } from "../parser/ping-lines.ts";

/** What a capture point gives for a run: its exchanges, or why there are none. */
export type PointExchanges = readonly EchoExchange[] | { unavailable: string };

/** The exchanges of one ping at one point, by number of the request from 1. */
export interface IndexedPoint {
  byIndex: Map<number, EchoExchange>;
  /** Numbers in the order in which the requests passed. */
  order: number[];
  /** Requests with a number that came before, though they are not the same frame: they are left out. */
  repeated: number;
  /** Requests of this id to other addresses, of some other ping: they are left out. */
  elsewhere: number;
}

/** The address as it is in packets: "fe80::1%eth0" is fe80::1 on the wire. */
export const withoutZone = (address: string): string => address.replace(/%.*$/, "");

/**
 * Gives the exchanges of ping `id` their numbers without wraparound.
 * @param address whom ping was told to send to: where some of its requests go there, those that do not are another ping's
 */
export function indexPoint(exchanges: readonly EchoExchange[], id: number, address: string): IndexedPoint {
  const host = withoutZone(address);
  const ofId = exchanges.filter((exchange) => exchange.id === id);
  const toHost = ofId.filter(({ target }) => target === host);
  const counted = toHost.length === 0 ? ofId : toHost;
  const byIndex = new Map<number, EchoExchange>();
  const order: number[] = [];
  let repeated = 0;
  let newest = 0;
  for (const exchange of counted) {
    const near = unwrap(newest || exchange.seq, exchange.seq);
    const index = near < 1 ? near + 0x10000 : near;
    newest = Math.max(newest, index);
    if (byIndex.has(index)) repeated++;
    else {
      byIndex.set(index, exchange);
      order.push(index);
    }
  }
  return { byIndex, order, repeated, elsewhere: ofId.length - counted.length };
}
