import { isGroup, sumOfAnswer, sumOfRequest, sumWithoutAddress, wordsOfAddress } from "./answer.ts";
import { copyDistance, isSameFrame } from "./copies.ts";
import { ExchangeColumns, type ExchangeSink, toGroup } from "./exchange.ts";
import {
  addressSum,
  isBetween,
  isOfGroup,
  neighbourHash,
  slotAddressSum,
  slotSum,
  spreadHash,
} from "./exchange-identity.ts";
import { timevalUs } from "./ping-stamp.ts";
import type { CaptureSummary } from "./summary.ts";

const smallest = 1 << 8;
/** Exchanges that may wait for replies at once: a reply that comes more requests after its own than this is unmatched. */
export const largest = 1 << 18;
/** Chains that are longer than this for one frame, in the table whose neighbours lie side by side, are spread out. */
const longChain = 1 << 5;
/** Entries looked at for one frame. Spread out, chains are short: only a file made for it has one that long. */
const mostSteps = 1 << 12;
/** What the address of whom a request was sent to, as a frame has it, stands for. */
const addressee = { host: 0, group: 1, memberOfGroup: 2 } as const;
type Addressee = (typeof addressee)[keyof typeof addressee];
/** Instead of a family: the request turned out to be a copy of an earlier one. */
const absorbed = 0;

/**
 * Pairs requests and replies by all that a reply repeats: id, sequence number, addresses, and the data by their checksum. A
 * reply goes to the newest request before it that is equal in all of these, or is unmatched. When the ring of columns is full,
 * the oldest exchanges go to the sink and are forgotten, so memory is bounded whatever the file's length.
 */
export class ExchangeTable {
  /** Whether the frame at hand went to a group of stations, as far as its link layer tells. */
  groupFrame = false;
  #columns = new ExchangeColumns(smallest);
  /** Newest exchange of a chain, and for every exchange the next older of its chain; counted like `#opened`. */
  #newest = new Int32Array(smallest);
  #older = new Int32Array(smallest);
  /** Exchanges opened, and handed out, so far; modulo 2^32. */
  #opened = 0;
  #emitted = 0;
  /** Whether exchanges are spread over the table, which many of one id and sequence number need, or neighbours side by side. */
  #spread = false;
  /** Exchanges whose very frame came again after the reply, and the exchange that was opened for it; counted like `#opened`. */
  readonly #repeated = new Map<number, number>();
  /** Requests to groups so far. */
  #groups = 0;
  readonly #sink: ExchangeSink;
  readonly #summary: CaptureSummary;

  constructor(sink: ExchangeSink, summary: CaptureSummary) {
    this.#sink = sink;
    this.#summary = summary;
  }

  /**
   * Takes a request: opens an exchange, or counts a copy of the frame that opened one.
   * @param ip offset of the IP header, `icmp` of the ICMP header, `end` of what was captured of the IP packet
   */
  request(view: DataView, ip: number, icmp: number, end: number, family: 4 | 6, seconds: number, nanos: number): void {
    const key = view.getInt32(icmp + 4);
    const checksum = view.getUint16(icmp + 2);
    const datagram = family === 4 ? view.getUint16(ip + 4) : 0;
    const source = ip + (family === 4 ? 12 : 8);
    const words = wordsOfAddress(family);
    const target = source + 4 * words;
    const group = isGroup(view, target, family, this.groupFrame);
    const sum = group ? sumWithoutAddress(sumOfRequest(checksum), family, view, target) : sumOfRequest(checksum);
    const addresses = addressSum(view, source, group ? words : 2 * words);

    const link = this.#newest[this.#hash(key, sum, addresses) & (this.#columns.capacity - 1)] as number;
    const isRecent = ((this.#opened - link) | 0) <= Math.min((this.#opened - this.#emitted) | 0, copyDistance);
    const kind = group ? addressee.group : addressee.host;
    const before = isRecent ? this.#find(copyDistance, addresses, key, sum, family, view, source, target, kind) : -1;
    if (before >= 0) {
      const columns = this.#columns;
      const age = ((this.#opened - before - 1) & (columns.capacity - 1)) + 1;
      const answered = (columns.replies[before] as number) > 0;
      const sameFrame = isSameFrame(columns, before, datagram, seconds, nanos);
      if (sameFrame && !answered) {
        columns.requestCopies[before] = (columns.requestCopies[before] as number) + 1;
        this.#summary.requestCopies++;
        return;
      }
      // After the reply it may be either: what becomes of it tells, when the earlier one is handed out.
      if (sameFrame && datagram !== 0) this.#repeated.set((this.#opened - age) | 0, this.#opened);
      if (!answered) this.#summary.requestsAgain++;
    }

    const slot = this.#open();
    const sentUs = end - icmp < 24 ? Number.NaN : timevalUs(view, icmp + 8);
    this.#columns.write(slot, key, group ? family + toGroup : family, checksum, datagram, seconds, nanos, sentUs);
    this.#columns.writeAddresses(slot, view, source, words);
    this.#link(slot, this.#hash(key, sum, addresses));
    if (group) this.#groups++;
    this.#summary.requests++;
  }

  /** Takes a reply: the answer to the newest request before it that has its id, sequence number, addresses and data. */
  reply(view: DataView, ip: number, icmp: number, family: 4 | 6, seconds: number, nanos: number): void {
    const key = view.getInt32(icmp + 4);
    const sum = sumOfAnswer(view.getUint16(icmp + 2), family);
    const source = ip + (family === 4 ? 12 : 8);
    const words = wordsOfAddress(family);
    const target = source + 4 * words;
    const addresses = addressSum(view, source, 2 * words);
    let found = this.#find(largest, addresses, key, sum, family, view, target, source, addressee.host);
    if (found < 0 && this.#groups > 0) {
      const free = sumWithoutAddress(sum, family, view, source);
      const sender = addressSum(view, target, words);
      // An address that looks like a group's may be a host's: first the one that has it, then any that may answer.
      found = this.#find(largest, sender, key, free, family, view, target, source, addressee.group);
      if (found < 0)
        found = this.#find(largest, sender, key, free, family, view, target, source, addressee.memberOfGroup);
    }
    if (found < 0) {
      this.#summary.unmatchedReplies++;
      return;
    }
    const columns = this.#columns;
    this.#summary.replies++;
    const replies = columns.replies[found] as number;
    columns.replies[found] = replies + 1;
    if (replies > 0) return;
    columns.replySeconds[found] = seconds;
    columns.replyNanos[found] = nanos;
  }

  /** Hands out up to `most` of the oldest exchanges. @returns whether some are left. */
  drain(most: number): boolean {
    const live = (this.#opened - this.#emitted) | 0;
    const columns = this.#columns;
    for (let left = Math.min(most, live); left > 0; left--) {
      const slot = this.#emitted & (columns.capacity - 1);
      // A request that turned out to be a copy of an earlier one has been counted there.
      if (columns.families[slot] !== absorbed) {
        if (this.#repeated.size > 0) this.#absorb(slot);
        this.#sink.exchange(columns, slot);
      }
      this.#emitted = (this.#emitted + 1) | 0;
    }
    return live > most;
  }

  /** A frame that came again after the reply and was not answered once more was a copy; answered, it is an exchange. */
  #absorb(slot: number): void {
    const columns = this.#columns;
    const again = this.#repeated.get(this.#emitted);
    if (again === undefined) return;
    this.#repeated.delete(this.#emitted);
    const later = again & (columns.capacity - 1);
    if ((columns.replies[later] as number) > 0) return;
    columns.families[later] = absorbed;
    columns.requestCopies[slot] =
      (columns.requestCopies[slot] as number) + 1 + (columns.requestCopies[later] as number);
    this.#summary.requests--;
    this.#summary.requestCopies++;
  }

  /**
   * Slot of the newest exchange that a frame belongs to, among the `oldest` newest ones; -1 without one.
   * @param source offset of the address of who sent the request, `target` of that which `kind` tells
   */
  #find(
    oldest: number,
    addresses: number,
    key: number,
    sum: number,
    family: 4 | 6,
    view: DataView,
    source: number,
    target: number,
    kind: Addressee,
  ): number {
    const columns = this.#columns;
    const limit = Math.min((this.#opened - this.#emitted) | 0, oldest);
    const receiver = kind === addressee.host ? family : family + toGroup;
    let link = this.#newest[this.#hash(key, sum, addresses) & (columns.capacity - 1)] as number;
    let age = 0;
    for (let step = 0; step < mostSteps; step++) {
      if (step === longChain && !this.#spread) {
        this.#spread = true;
        this.#relink();
        return this.#find(oldest, addresses, key, sum, family, view, source, target, kind);
      }
      const before = age;
      age = (this.#opened - link) | 0;
      if (age <= before || age > limit) return -1;
      const slot = link & (columns.capacity - 1);
      if (
        columns.keys[slot] === key &&
        columns.families[slot] === receiver &&
        slotSum(columns, slot) === sum &&
        (kind === addressee.memberOfGroup
          ? isOfGroup(columns, slot, view, source, target)
          : isBetween(columns, slot, view, source, target))
      )
        return slot;
      link = this.#older[slot] as number;
    }
    return -1;
  }

  #hash(key: number, sum: number, addresses: number): number {
    return this.#spread ? spreadHash(key, sum, addresses) : neighbourHash(key, addresses);
  }

  /** A slot for a new exchange, which is to be linked into its chain. */
  #open(): number {
    const { capacity } = this.#columns;
    if (((this.#opened - this.#emitted) | 0) === capacity) {
      if (capacity < largest) this.#grow(capacity * 4);
      else this.drain(capacity >> 2);
    }
    return this.#opened & (this.#columns.capacity - 1);
  }

  #link(slot: number, hash: number): void {
    const bucket = hash & (this.#columns.capacity - 1);
    this.#older[slot] = this.#newest[bucket] as number;
    this.#newest[bucket] = this.#opened;
    this.#opened = (this.#opened + 1) | 0;
  }

  /** Only before the first drain, when slots are still in order from 0. */
  #grow(capacity: number): void {
    this.#columns = new ExchangeColumns(capacity, this.#columns);
    this.#newest = new Int32Array(capacity);
    this.#older = new Int32Array(capacity);
    this.#relink();
  }

  /** Makes the chains anew. */
  #relink(): void {
    const columns = this.#columns;
    const opened = this.#opened;
    this.#newest.fill(opened);
    this.#opened = this.#emitted;
    while (this.#opened !== opened) {
      const slot = this.#opened & (columns.capacity - 1);
      const hash = this.#hash(columns.keys[slot] as number, slotSum(columns, slot), slotAddressSum(columns, slot));
      this.#link(slot, hash);
    }
  }
}
