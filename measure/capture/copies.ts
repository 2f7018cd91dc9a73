import type { ExchangeColumns } from "./exchange.ts";

/**
 * A frame is seen again, where a NIC echoes it or several interfaces are captured, within this time; what comes later was sent
 * again. Without an IP id to tell one frame by (IPv6; 0 is none, RFC 6864), only the shorter time holds.
 */
const copyNs = { sameDatagram: 250_000_000, noDatagram: 50_000_000 } as const;
/** Exchanges that may lie between a frame and its copy. */
export const copyDistance = 1 << 15;

/**
 * Whether a request may be the frame that opened the exchange in a slot, seen again, both being equal in all that an answer repeats.
 * @param datagram its IP id, 0 without one
 */
export function isSameFrame(
  columns: ExchangeColumns,
  slot: number,
  datagram: number,
  seconds: number,
  nanos: number,
): boolean {
  const elapsed =
    (seconds - (columns.requestSeconds[slot] as number)) * 1e9 + (nanos - (columns.requestNanos[slot] as number));
  const limit = datagram === 0 ? copyNs.noDatagram : copyNs.sameDatagram;
  return columns.datagrams[slot] === datagram && Math.abs(elapsed) <= limit;
}
