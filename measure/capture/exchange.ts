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
  /** replyNs - requestNs, exact up to 104 days (2^53 ns); negative when the clock was set back in between. */
  rttNs: number | null;
  /** Reply frames beyond the first. A NIC that echoes what it sends makes one of them. */
  duplicates: number;
  /** Frames of this very request beyond the first. */
  requestCopies: number;
  /** ICMP checksum of the request: equal at all capture points that the packet passed. */
  checksum: number;
  /**
   * When ping sent the request by the clock of the machine it runs on, microseconds since the epoch: the struct timeval
   * that iputils puts in front of the data (64-bit little-endian). Null when the packet's data cannot hold one.
   */
  sentUs: number | null;
}

/** Gets every exchange in the order of the requests. A slot's columns hold it only during the call. */
export interface ExchangeSink {
  exchange(columns: ExchangeColumns, slot: number): void;
}

/** Words of address in an entry: four of the source, four of the target; IPv4 uses the first of each. */
export const addressWords = 8;
const slotBytes = 3 * 8 + (5 + addressWords) * 4 + 2 * 2 + 1;
/** Added to the family in `families`: the request went to a group of hosts, who answer from their own addresses. */
export const toGroup = 8;
/** The family of a slot, without what `toGroup` says. */
export const addressFamily = (columns: ExchangeColumns, slot: number): 4 | 6 =>
  ((columns.families[slot] as number) & ~toGroup) === 4 ? 4 : 6;
/** Stamps that are further apart than this many seconds may differ by more nanoseconds than a double holds. */
const exactSeconds = 9_000_000;

/** Exchanges in columns, a slot each, so that a packet costs no allocation. */
export class ExchangeColumns {
  readonly capacity: number;
  /** id << 16 | seq */
  readonly keys: Int32Array;
  /** 4 or 6, `toGroup` added for a request to a group. */
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
  readonly #texts = new AddressTexts();
  readonly #stamps = new Stamps();

  /** @param from columns of at most this capacity, whose content is taken over */
  constructor(capacity: number, from?: ExchangeColumns) {
    this.capacity = capacity;
    // One buffer for all: thousands of small captures are read one after the other, and every buffer costs the collector.
    const buffer = new ArrayBuffer(capacity * slotBytes);
    let used = 0;
    const room = (bytes: number) => {
      used += capacity * bytes;
      return used - capacity * bytes;
    };
    this.requestSeconds = new Float64Array(buffer, room(8), capacity);
    this.replySeconds = new Float64Array(buffer, room(8), capacity);
    this.sentUs = new Float64Array(buffer, room(8), capacity);
    this.keys = new Int32Array(buffer, room(4), capacity);
    this.addresses = new Int32Array(buffer, room(4 * addressWords), capacity * addressWords);
    this.requestNanos = new Int32Array(buffer, room(4), capacity);
    this.replyNanos = new Int32Array(buffer, room(4), capacity);
    this.replies = new Uint32Array(buffer, room(4), capacity);
    this.requestCopies = new Uint32Array(buffer, room(4), capacity);
    this.checksums = new Uint16Array(buffer, room(2), capacity);
    this.datagrams = new Uint16Array(buffer, room(2), capacity);
    this.families = new Uint8Array(buffer, room(1), capacity);
    if (!from) return;
    this.requestSeconds.set(from.requestSeconds);
    this.replySeconds.set(from.replySeconds);
    this.sentUs.set(from.sentUs);
    this.keys.set(from.keys);
    this.addresses.set(from.addresses);
    this.requestNanos.set(from.requestNanos);
    this.replyNanos.set(from.replyNanos);
    this.replies.set(from.replies);
    this.requestCopies.set(from.requestCopies);
    this.checksums.set(from.checksums);
    this.datagrams.set(from.datagrams);
    this.families.set(from.families);
  }

  /** Makes a slot that of a request without a reply. @param family as `families` has it */
  write(
    slot: number,
    key: number,
    family: number,
    checksum: number,
    datagram: number,
    seconds: number,
    nanos: number,
    sentUs: number,
  ): void {
    this.keys[slot] = key;
    this.families[slot] = family;
    this.checksums[slot] = checksum;
    this.datagrams[slot] = datagram;
    this.requestSeconds[slot] = seconds;
    this.requestNanos[slot] = nanos;
    this.replies[slot] = 0;
    this.requestCopies[slot] = 0;
    this.sentUs[slot] = sentUs;
  }

  /** Takes a request's two addresses, which follow each other from `source` on. @param words of each */
  writeAddresses(slot: number, view: DataView, source: number, words: number): void {
    const at = slot * addressWords;
    for (let word = 0; word < words; word++) {
      this.addresses[at + word] = view.getInt32(source + 4 * word);
      this.addresses[at + addressWords / 2 + word] = view.getInt32(source + 4 * (words + word));
    }
  }

  /** Nanoseconds from request to first reply of a slot that has one; a bigint where a number would be rounded. */
  rttNs(slot: number): number | bigint {
    const seconds = (this.replySeconds[slot] as number) - (this.requestSeconds[slot] as number);
    const nanos = (this.replyNanos[slot] as number) - (this.requestNanos[slot] as number);
    if (Math.abs(seconds) < exactSeconds) return seconds * 1e9 + nanos;
    const [reply, request] = [this.replySeconds[slot] as number, this.requestSeconds[slot] as number];
    return nanosecondsOf(reply, nanos) - nanosecondsOf(request, 0);
  }

  /** The exchange of a slot as an object. */
  exchange(slot: number): EchoExchange {
    const key = this.keys[slot] as number;
    const family = addressFamily(this, slot);
    const at = slot * addressWords;
    const replies = this.replies[slot] as number;
    const sentUs = this.sentUs[slot] as number;
    return {
      id: key >>> 16,
      seq: key & 0xffff,
      family,
      source: this.#texts.of(family, this.addresses, at),
      target: this.#texts.of(family, this.addresses, at + addressWords / 2),
      requestNs: this.#stamps.of(this.requestSeconds[slot] as number, this.requestNanos[slot] as number),
      replyNs:
        replies === 0 ? null : this.#stamps.of(this.replySeconds[slot] as number, this.replyNanos[slot] as number),
      rttNs: replies === 0 ? null : Number(this.rttNs(slot)),
      duplicates: Math.max(0, replies - 1),
      requestCopies: this.requestCopies[slot] as number,
      checksum: this.checksums[slot] as number,
      sentUs: Number.isNaN(sentUs) ? null : sentUs,
    };
  }
}

/** Nanoseconds since the epoch of whole seconds and the nanoseconds beyond them. */
export const nanosecondsOf = (seconds: number, nanos: number) => BigInt(seconds) * 1_000_000_000n + BigInt(nanos);

/** Stamps as bigints. Neighbours share their whole seconds, whose nanoseconds are kept: they are half the work. */
class Stamps {
  #seconds = Number.NaN;
  #wholeNs = 0n;

  of(seconds: number, nanos: number): bigint {
    if (seconds !== this.#seconds) {
      this.#seconds = seconds;
      this.#wholeNs = nanosecondsOf(seconds, 0);
    }
    return this.#wholeNs + BigInt(nanos);
  }
}

/** Texts of IPv4 addresses, of which a capture has few. */
class AddressTexts {
  readonly #known = new Map<number, string>();

  of(family: 4 | 6, addresses: Int32Array, at: number): string {
    const word = addresses[at] as number;
    if (family === 6) return ipv6Text(addresses.subarray(at, at + 4));
    const known = this.#known.get(word);
    if (known !== undefined) return known;
    const text = `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
    if (this.#known.size < 1024) this.#known.set(word, text);
    return text;
  }
}

/** Text of an IPv6 address given as four 32-bit words, in the form of RFC 5952 (without its dotted special cases). */
function ipv6Text(words: Int32Array): string {
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
