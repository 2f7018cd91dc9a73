import { addressWords, ExchangeColumns, type ExchangeSink } from "./exchange.ts";
import type { CaptureSummary } from "./summary.ts";

const smallest = 1 << 8;
/** Exchanges that may wait for replies at once: a reply that comes more requests after its own than this is unmatched. */
export const largest = 1 << 18;
/** Entries looked at for one frame. Bounds what equal ids and sequence numbers of many hosts can cost. */
const mostSteps = 256;
/** A repetition of a request is the same frame once more only if at most this many exchanges and seconds lie between. */
const copyDistance = 1 << 15;
const copySeconds = 2;

/** How well a reply fits a request; the best is taken, the newest among equals. */
const rankOf = { answer: 5, addressesReversed: 4, sameAddressesAndSum: 3, sameAddresses: 2, toSender: 1, none: 0 };

/**
 * Pairs requests and replies, by id and sequence number through the chains of a hash table, newest first. When the ring
 * of columns is full, the oldest exchanges go to the sink and are forgotten, so memory is bounded whatever the file's
 * length; 16-bit sequence numbers that come round again open new exchanges.
 */
export class ExchangeTable {
  private columns = new ExchangeColumns(smallest);
  /** Newest exchange of a chain, and for every exchange the next older of its chain; counted like `opened`. */
  private newest = new Int32Array(smallest);
  private older = new Int32Array(smallest);
  /** Exchanges opened, and handed out, so far; modulo 2^32. */
  private opened = 0;
  private emitted = 0;
  private readonly sink: ExchangeSink;
  private readonly summary: CaptureSummary;

  constructor(sink: ExchangeSink, summary: CaptureSummary) {
    this.sink = sink;
    this.summary = summary;
  }

  /**
   * Takes a request: opens an exchange, or counts a copy of the frame that opened one.
   * @param ip offset of the IP header, `icmp` of the ICMP header, `end` of the captured bytes
   */
  request(view: DataView, ip: number, icmp: number, end: number, family: 4 | 6, seconds: number, nanos: number): void {
    const key = view.getInt32(icmp + 4);
    const checksum = view.getUint16(icmp + 2);
    const datagram = family === 4 ? view.getUint16(ip + 4) : 0;
    const source = ip + (family === 4 ? 12 : 8);
    const words = family === 4 ? 1 : 4;
    const { columns } = this;
    const live = (this.opened - this.emitted) | 0;
    let link = this.newest[bucketOf(key, columns.capacity)] as number;
    let age = 0;
    for (let step = 0; step < mostSteps; step++) {
      const before = age;
      age = (this.opened - link) | 0;
      if (age <= before || age > live) break;
      const slot = link & (columns.capacity - 1);
      if (
        columns.keys[slot] === key &&
        columns.families[slot] === family &&
        sameAddresses(columns.addresses, slot, view, source, source + 4 * words, words)
      ) {
        // A frame seen again has the same checksum, and so does a second run of a ping without stamps. Before a reply
        // nobody sends the same once more; after one, only an equal IP id (0 is none, RFC 6864) tells a frame.
        const sameDatagram = datagram !== 0 && columns.datagrams[slot] === datagram;
        const copy =
          columns.checksums[slot] === checksum &&
          (columns.replies[slot] === 0 || sameDatagram) &&
          age <= copyDistance &&
          Math.abs(seconds - (columns.requestSeconds[slot] as number)) <= copySeconds;
        if (!copy) break;
        columns.requestCopies[slot] = (columns.requestCopies[slot] as number) + 1;
        this.summary.requestCopies++;
        return;
      }
      link = this.older[slot] as number;
    }
    const slot = this.open(key);
    const into = this.columns;
    into.keys[slot] = key;
    into.families[slot] = family;
    into.checksums[slot] = checksum;
    into.datagrams[slot] = datagram;
    for (let word = 0; word < words; word++) {
      into.addresses[slot * addressWords + word] = view.getInt32(source + 4 * word);
      into.addresses[slot * addressWords + 4 + word] = view.getInt32(source + 4 * (words + word));
    }
    into.requestSeconds[slot] = seconds;
    into.requestNanos[slot] = nanos;
    into.replies[slot] = 0;
    into.requestCopies[slot] = 0;
    into.sentUs[slot] = end - icmp < 24 ? Number.NaN : timevalUs(view, icmp + 8);
    this.summary.requests++;
  }

  /** Takes a reply: it belongs to the newest request before it that has its id, sequence number and addresses. */
  reply(view: DataView, ip: number, icmp: number, family: 4 | 6, seconds: number, nanos: number): void {
    const key = view.getInt32(icmp + 4);
    const checksum = view.getUint16(icmp + 2);
    const source = ip + (family === 4 ? 12 : 8);
    const words = family === 4 ? 1 : 4;
    const { columns } = this;
    const live = (this.opened - this.emitted) | 0;
    let link = this.newest[bucketOf(key, columns.capacity)] as number;
    let age = 0;
    let best = -1;
    let bestRank = rankOf.none;
    for (let step = 0; step < mostSteps && bestRank < rankOf.answer; step++) {
      const before = age;
      age = (this.opened - link) | 0;
      if (age <= before || age > live) break;
      const slot = link & (columns.capacity - 1);
      if (columns.keys[slot] === key && columns.families[slot] === family) {
        const fits = answers(columns.checksums[slot] as number, checksum, family);
        const rank = rankReply(columns.addresses, slot, view, source, words, fits);
        if (rank > bestRank) {
          best = slot;
          bestRank = rank;
        }
      }
      link = this.older[slot] as number;
    }
    if (best < 0) {
      this.summary.unmatchedReplies++;
      return;
    }
    this.summary.replies++;
    const replies = columns.replies[best] as number;
    columns.replies[best] = replies + 1;
    if (replies > 0) return;
    columns.replySeconds[best] = seconds;
    columns.replyNanos[best] = nanos;
  }

  /** Hands out up to `most` of the oldest exchanges. @returns whether some are left. */
  drain(most: number): boolean {
    const live = (this.opened - this.emitted) | 0;
    for (let left = Math.min(most, live); left > 0; left--) {
      this.sink.exchange(this.columns, this.emitted & (this.columns.capacity - 1));
      this.emitted = (this.emitted + 1) | 0;
    }
    return live > most;
  }

  /** A slot for a new exchange, linked into its chain. */
  private open(key: number): number {
    const { capacity } = this.columns;
    if (((this.opened - this.emitted) | 0) === capacity) {
      if (capacity < largest) this.grow(capacity * 4);
      else this.drain(capacity >> 2);
    }
    const slot = this.opened & (this.columns.capacity - 1);
    const bucket = bucketOf(key, this.columns.capacity);
    this.older[slot] = this.newest[bucket] as number;
    this.newest[bucket] = this.opened;
    this.opened = (this.opened + 1) | 0;
    return slot;
  }

  /** Only before the first drain, when slots are still in order from 0. */
  private grow(capacity: number): void {
    this.columns = new ExchangeColumns(capacity, this.columns);
    this.newest = new Int32Array(capacity);
    this.older = new Int32Array(capacity);
    for (let slot = 0; slot < this.opened; slot++) {
      const bucket = bucketOf(this.columns.keys[slot] as number, capacity);
      this.older[slot] = this.newest[bucket] as number;
      this.newest[bucket] = slot;
    }
  }
}

/** Neighbouring sequence numbers get neighbouring buckets, so that one ping's packets share cache lines. */
const bucketOf = (key: number, capacity: number) =>
  ((key & 0xffff) + Math.imul(key >>> 16, 0x9e3779b1)) & (capacity - 1);

function sameAddresses(
  addresses: Int32Array,
  slot: number,
  view: DataView,
  source: number,
  target: number,
  words: number,
): boolean {
  const at = slot * addressWords;
  for (let word = 0; word < words; word++) {
    if (addresses[at + word] !== view.getInt32(source + 4 * word)) return false;
    if (addresses[at + 4 + word] !== view.getInt32(target + 4 * word)) return false;
  }
  return true;
}

function rankReply(
  addresses: Int32Array,
  slot: number,
  view: DataView,
  source: number,
  words: number,
  fits: boolean,
): number {
  const target = source + 4 * words;
  if (sameAddresses(addresses, slot, view, target, source, words))
    return fits ? rankOf.answer : rankOf.addressesReversed;
  if (sameAddresses(addresses, slot, view, source, target, words))
    return fits ? rankOf.sameAddressesAndSum : rankOf.sameAddresses;
  // A request to a group of hosts is answered from their own addresses.
  if (!fits) return rankOf.none;
  for (let word = 0; word < words; word++)
    if (addresses[slot * addressWords + word] !== view.getInt32(target + 4 * word)) return rankOf.none;
  return rankOf.toSender;
}

/**
 * Whether a reply's checksum follows from its request's: they differ in the type alone, 8 and 0 (RFC 792) or 128 and 129
 * (RFC 4443), and in one's complement 0 and 0xffff are the same number.
 */
function answers(request: number, reply: number, family: 4 | 6): boolean {
  const difference = family === 4 ? reply - request - 0x800 : request - reply - 0x100;
  return difference % 0xffff === 0;
}

/** Microseconds of a 64-bit little-endian struct timeval, or NaN. */
function timevalUs(view: DataView, at: number): number {
  const micros = view.getUint32(at + 8, true);
  if (micros >= 1e6 || view.getInt32(at + 12, true) !== 0 || view.getInt32(at + 4, true) !== 0) return Number.NaN;
  return view.getUint32(at, true) * 1e6 + micros;
}
