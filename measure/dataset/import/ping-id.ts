import { LabError } from "../../../lib/errors.ts";
import type { PointName } from "../../../study/points.ts";
import type { EchoExchange } from "../../capture/exchange.ts";
import { indexPoint, withoutZone } from "../../probes/ping/matching/points.ts";
import type { PingOutput } from "../../probes/ping/parser/ping.ts";
import type { PingReply } from "../../probes/ping/parser/ping-lines.ts";

/** Of the requests that ping had answers to, the share that a capture must have seen. */
const leastShare = 0.9;
/** Nanoseconds between a reply's arrival and the line about it, at most: ping prints at once. */
const mostPrintingNs = 1_000_000_000;

/** Captures of a run: every exchange that each holds. */
export type SeenExchanges = ReadonlyMap<PointName, readonly EchoExchange[]>;

/** Whether what a capture saw of a packet can be what ping printed about it. */
function agrees(reply: PingReply, seen: EchoExchange | undefined): boolean {
  if (!seen) return false;
  const { rttNs, printedNs, resolutionNs } = reply;
  // No part of the way takes longer than all of it.
  if (rttNs !== null && seen.rttNs !== null && seen.rttNs > rttNs + (resolutionNs ?? 0)) return false;
  if (printedNs === null || seen.sentUs === null) return true;
  // Both stamps are of the clock of the machine that ping runs on.
  const lateNs = Number(printedNs - BigInt(seen.sentUs) * 1000n) - (rttNs ?? 0);
  return lateNs > -mostPrintingNs && lateNs < mostPrintingNs;
}

/** Why a ping at a point cannot be the one whose output this is; null when it can. */
function misfit(ping: PingOutput, exchanges: readonly EchoExchange[], id: number): string | null {
  const { transmitted, received } = ping.statistics;
  const mine = exchanges.filter((exchange) => exchange.id === id);
  const address = withoutZone(ping.address);
  const [other] = mine;
  if (other && mine.every(({ target }) => target !== address))
    return `it goes to ${other.target}, and not to ${address}`;
  const { byIndex, order, repeated } = indexPoint(mine, id, address);
  if (repeated > 0) return `${repeated} of its requests have a sequence number that came before`;
  const last = order.reduce((most, index) => Math.max(most, index), 0);
  if (last > transmitted) return `it has a request number ${last}, and ping sent ${transmitted}`;
  const answered = new Set(ping.replies.map(({ index }) => index)).size || received;
  const agreeing =
    ping.replies.length === 0
      ? order.length
      : new Set(ping.replies.filter((reply) => agrees(reply, byIndex.get(reply.index))).map(({ index }) => index)).size;
  return agreeing < leastShare * answered
    ? `only ${agreeing} of the ${answered} packets that ping had answers to agree with it`
    : null;
}

/**
 * The ICMP id of the ping whose output this is, among all pings in the captures: the one that agrees with what ping printed.
 * @param named the id that facts.txt names
 * @throws LabError where the named id, or every id, contradicts ping's output, and where several agree with it
 */
export function findPingId(ping: PingOutput, seen: SeenExchanges, named: number | undefined): number {
  const ids = new Set([...seen.values()].flatMap((exchanges) => exchanges.map(({ id }) => id)));
  const why = (id: number) =>
    [...seen].flatMap(([point, exchanges]) => {
      if (!exchanges.some((exchange) => exchange.id === id)) return [];
      const reason = misfit(ping, exchanges, id);
      return reason === null ? [] : [`${point}: ${reason}`];
    })[0];
  if (named !== undefined) {
    const reason = why(named);
    if (reason !== undefined)
      throw new LabError(`facts.txt names ping's id ${named}, which does not fit ping.txt: ${reason}`);
    return named;
  }
  if (ids.size === 0) return 1;
  const reasons = new Map([...ids].map((id) => [id, why(id)]));
  const fitting = [...ids].filter((id) => reasons.get(id) === undefined);
  const [found] = fitting;
  if (found !== undefined && fitting.length === 1) return found;
  throw new LabError(
    found === undefined
      ? `no ping in the captures is that of ping.txt: ${[...reasons].map(([id, reason]) => `id ${id}: ${reason}`).join("; ")}`
      : `the pings with ids ${fitting.join(", ")} all fit ping.txt; name the right one in facts.txt, as in "ping -e ${found} …"`,
  );
}
