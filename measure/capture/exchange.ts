/** An echo request and what answered it, as one capture point saw them. */
export interface EchoExchange {
  id: number;
  seq: number;
  family: 4 | 6;
  /** Who sent the request. */
  source: string;
  /** Whom it was sent to. */
  target: string;
  /** First stamp of the request, nanoseconds since the epoch. */
  requestNs: bigint;
  /** First stamp of the first reply; null without one. */
  replyNs: bigint | null;
  /** replyNs - requestNs; negative when the clock was set back in between. */
  rttNs: number | null;
  /** Reply frames beyond the first. A NIC that echoes what it sends makes one of them. */
  duplicates: number;
  /** Frames of this very request beyond the first. */
  requestCopies: number;
  /** ICMP checksum of the request: equal at all capture points that the packet passed. */
  checksum: number;
  /**
   * When ping sent the request by the clock of the machine it runs on, microseconds since the epoch: the struct timeval
   * that iputils puts in front of the data (64-bit little-endian). Null when there is nothing that can be one.
   */
  sentUs: number | null;
}

/** Gets every exchange in the order of the requests. A slot's columns hold it only during the call. */
export interface ExchangeSink {
  exchange(columns: ExchangeColumns, slot: number): void;
}

/** Words of address in an entry: four of the source, four of the target; IPv4 uses the first of each. */
export const addressWords = 8;

/** Exchanges in columns, a slot each, so that a packet costs no allocation. */
export class ExchangeColumns {
  readonly capacity: number;
  /** id << 16 | seq */
  readonly keys: Int32Array;
  readonly families: Uint8Array;
  readonly addresses: Int32Array;
  readonly checksums: Uint16Array;
  /** IP id of the request; 0 for IPv6. */
  readonly datagrams: Uint16Array;
  readonly requestSeconds: Float64Array;
  readonly requestNanos: Int32Array;
  readonly replySeconds: Float64Array;
  readonly replyNanos: Int32Array;
  /** Reply frames, the first included. */
  readonly replies: Uint32Array;
  readonly requestCopies: Uint32Array;
  /** NaN without one. */
  readonly sentUs: Float64Array;

  /** @param from columns of at most this capacity, whose content is taken over */
  constructor(capacity: number, from?: ExchangeColumns) {
    this.capacity = capacity;
    this.keys = new Int32Array(capacity);
    this.families = new Uint8Array(capacity);
    this.addresses = new Int32Array(capacity * addressWords);
    this.checksums = new Uint16Array(capacity);
    this.datagrams = new Uint16Array(capacity);
    this.requestSeconds = new Float64Array(capacity);
    this.requestNanos = new Int32Array(capacity);
    this.replySeconds = new Float64Array(capacity);
    this.replyNanos = new Int32Array(capacity);
    this.replies = new Uint32Array(capacity);
    this.requestCopies = new Uint32Array(capacity);
    this.sentUs = new Float64Array(capacity);
    if (!from) return;
    this.keys.set(from.keys);
    this.families.set(from.families);
    this.addresses.set(from.addresses);
    this.checksums.set(from.checksums);
    this.datagrams.set(from.datagrams);
    this.requestSeconds.set(from.requestSeconds);
    this.requestNanos.set(from.requestNanos);
    this.replySeconds.set(from.replySeconds);
    this.replyNanos.set(from.replyNanos);
    this.replies.set(from.replies);
    this.requestCopies.set(from.requestCopies);
    this.sentUs.set(from.sentUs);
  }

  /** Nanoseconds from request to first reply of a slot that has one. */
  rttNs(slot: number): number {
    const seconds = (this.replySeconds[slot] as number) - (this.requestSeconds[slot] as number);
    return seconds * 1e9 + ((this.replyNanos[slot] as number) - (this.requestNanos[slot] as number));
  }

  /** The exchange of a slot as an object. */
  exchange(slot: number): EchoExchange {
    const key = this.keys[slot] as number;
    const family = this.families[slot] === 4 ? 4 : 6;
    const at = slot * addressWords;
    const replies = this.replies[slot] as number;
    const sentUs = this.sentUs[slot] as number;
    return {
      id: key >>> 16,
      seq: key & 0xffff,
      family,
      source: addressText(family, this.addresses.subarray(at, at + 4)),
      target: addressText(family, this.addresses.subarray(at + 4, at + 8)),
      requestNs: nanosecondsOf(this.requestSeconds[slot] as number, this.requestNanos[slot] as number),
      replyNs: replies === 0 ? null : nanosecondsOf(this.replySeconds[slot] as number, this.replyNanos[slot] as number),
      rttNs: replies === 0 ? null : this.rttNs(slot),
      duplicates: Math.max(0, replies - 1),
      requestCopies: this.requestCopies[slot] as number,
      checksum: this.checksums[slot] as number,
      sentUs: Number.isNaN(sentUs) ? null : sentUs,
    };
  }
}

/** Nanoseconds since the epoch of whole seconds and the nanoseconds beyond them. */
export const nanosecondsOf = (seconds: number, nanos: number) => BigInt(seconds) * 1_000_000_000n + BigInt(nanos);

/** Text of an address: dotted for IPv4 (the first word), in the form of RFC 5952 for IPv6 (four words). */
export function addressText(family: 4 | 6, words: Int32Array): string {
  if (family === 4) {
    const word = words[0] as number;
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
  }
  const groups: number[] = [];
  for (const word of words) groups.push(word >>> 16, word & 0xffff);
  let start = 0;
  let length = 0;
  for (let from = 0; from < groups.length; from++) {
    let to = from;
    while (groups[to] === 0) to++;
    if (to - from > length) [start, length] = [from, to - from];
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}
