import { type ExchangeColumns, type ExchangeSink, nanosecondsOf } from "./exchange.ts";

const ascii = (text: string): Uint8Array => Buffer.from(text, "latin1");
const part = {
  id: ascii('{"id":'),
  seq: ascii(',"seq":'),
  request: ascii(',"requestNs":"'),
  reply: ascii('","replyNs":"'),
  noReply: ascii('","replyNs":null,"rttNs":null,"duplicates":0}\n'),
  beforeRtt: ascii('","rttNs":'),
  duplicates: ascii(',"duplicates":'),
  end: ascii("}\n"),
};
const zero = 48;
/** No line is longer: six numbers of at most 21 characters, and the parts above. */
const longestLine = 256;

/** "000" to "999", three bytes each. */
const groups = ascii(Array.from({ length: 1000 }, (_, number) => `${number}`.padStart(3, "0")).join(""));

/** Writes exchanges as lines of JSON into a buffer, digit by digit: a string for each would cost more than the reading. */
export class NdjsonSink implements ExchangeSink {
  #bytes: Uint8Array = Buffer.allocUnsafeSlow(1 << 16);
  #length = 0;
  /** Neighbouring stamps share their seconds, whose digits are kept. */
  #seconds = Number.NaN;
  #secondsDigits = ascii("");

  exchange(columns: ExchangeColumns, slot: number): void {
    if (this.#bytes.length - this.#length < longestLine) {
      const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const bytes = this.#bytes;
    const key = columns.keys[slot] as number;
    const replies = columns.replies[slot] as number;
    let at = putNumber(bytes, put(bytes, this.#length, part.id), key >>> 16);
    at = putNumber(bytes, put(bytes, at, part.seq), key & 0xffff);
    at = put(bytes, at, part.request);
    at = this.#putStamp(bytes, at, columns.requestSeconds[slot] as number, columns.requestNanos[slot] as number);
    if (replies === 0) {
      this.#length = put(bytes, at, part.noReply);
      return;
    }
    at = put(bytes, at, part.reply);
    at = this.#putStamp(bytes, at, columns.replySeconds[slot] as number, columns.replyNanos[slot] as number);
    at = putNumber(bytes, put(bytes, at, part.beforeRtt), columns.rttNs(slot));
    at = putNumber(bytes, put(bytes, at, part.duplicates), replies - 1);
    this.#length = put(bytes, at, part.end);
  }

  /** The lines since the last call. They are overwritten by the next exchange. */
  take(): Uint8Array {
    const lines = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return lines;
  }

  /** Nanoseconds since the epoch. */
  #putStamp(bytes: Uint8Array, at: number, seconds: number, nanos: number): number {
    if (!(seconds > 0)) return put(bytes, at, ascii(nanosecondsOf(seconds, nanos).toString()));
    if (seconds !== this.#seconds) {
      this.#seconds = seconds;
      this.#secondsDigits = ascii(BigInt(seconds).toString());
    }
    const from = put(bytes, at, this.#secondsDigits);
    const thousands = (nanos / 1e3) | 0;
    const millions = (thousands / 1e3) | 0;
    putGroup(bytes, from, millions);
    putGroup(bytes, from + 3, thousands - millions * 1000);
    putGroup(bytes, from + 6, nanos - thousands * 1000);
    return from + 9;
  }
}

/** Each of these writes at an offset and gives the offset behind what it wrote. */
function put(bytes: Uint8Array, from: number, characters: Uint8Array): number {
  for (let at = 0; at < characters.length; at++) bytes[from + at] = characters[at] as number;
  return from + characters.length;
}

function putGroup(bytes: Uint8Array, from: number, value: number): void {
  bytes[from] = groups[3 * value] as number;
  bytes[from + 1] = groups[3 * value + 1] as number;
  bytes[from + 2] = groups[3 * value + 2] as number;
}

function putNumber(bytes: Uint8Array, from: number, value: number | bigint): number {
  // The quick way is for 32 bits; a number of JSON has no exponent here, however long it is.
  if (typeof value === "bigint" || !(value >= 0 && value < 0x7fff_ffff))
    return put(bytes, from, ascii(BigInt(value).toString()));
  let digits = 1;
  for (let power = 10; value >= power; power *= 10) digits++;
  let rest = value | 0;
  for (let at = from + digits - 1; at >= from; at--) {
    const tenth = (rest / 10) | 0;
    bytes[at] = zero + rest - tenth * 10;
    rest = tenth;
  }
  return from + digits;
}
