import type { EchoExchange } from "../capture/exchange.ts";
import { unwrap } from "../parsers/ping.ts";

/** What a capture point gives for a run: its exchanges, or why there are none. */
export type CapturePoint = readonly EchoExchange[] | { unavailable: string };

/** The exchanges of one ping at one point, by number of the request from 1. */
export interface IndexedPoint {
  byIndex: Map<number, EchoExchange>;
  /** Numbers in the order in which the requests passed. */
  order: number[];
  /** Requests with a number that came before, though they are not the same frame: they are left out. */
  repeated: number;
}

/** Gives the exchanges of ping `id` their numbers without wraparound. */
export function indexPoint(exchanges: readonly EchoExchange[], id: number): IndexedPoint {
  const byIndex = new Map<number, EchoExchange>();
  const order: number[] = [];
  let repeated = 0;
  let newest = 0;
  for (const exchange of exchanges) {
    if (exchange.id !== id) continue;
    const near = unwrap(newest || exchange.seq, exchange.seq);
    const index = near < 1 ? near + 0x10000 : near;
    newest = Math.max(newest, index);
    if (byIndex.has(index)) repeated++;
    else {
      byIndex.set(index, exchange);
      order.push(index);
    }
  }
  return { byIndex, order, repeated };
}
