import { type ExchangeColumns, type ExchangeSink, nanosecondsOf } from "./exchange.ts";

const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const part = {
  id: bytesOf('{"id":'),
  seq: bytesOf(',"seq":'),
  request: bytesOf(',"requestNs":"'),
  reply: bytesOf('","replyNs":"'),
  noReply: bytesOf('","replyNs":null,"rttNs":null,"duplicates":0}\n'),
  rtt: bytesOf('","rttNs":'),
  duplicates: bytesOf(',"duplicates":'),
  end: bytesOf("}\n"),
};
const zero = 48;
/** No line is longer: five numbers of at most 21 characters, and the parts above. */
const longestLine = 256;

/** "000" to "999", three bytes each. */
const thousand = Uint8Array.from({ length: 3000 }, (_, at) => {
  const number = Math.floor(at / 3);
  return zero + ([Math.floor(number / 100), Math.floor(number / 10) % 10, number % 10][at % 3] as number);
});

/** Writes exchanges as lines of JSON into a buffer, digit by digit: a string per line would cost twice the reading. */
export class NdjsonSink implements ExchangeSink {
  private bytes: Uint8Array = Buffer.allocUnsafeSlow(1 << 16);
  private length = 0;
  private lastSeconds = -1;
  private lastDigits = new Uint8Array(0);

  exchange(columns: ExchangeColumns, slot: number): void {
    if (this.bytes.length - this.length < longestLine) {
      const larger = Buffer.allocUnsafeSlow(2 * this.bytes.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    const key = columns.keys[slot] as number;
    const replies = columns.replies[slot] as number;
    this.text(part.id);
    this.number(key >>> 16);
    this.text(part.seq);
    this.number(key & 0xffff);
    this.text(part.request);
    this.stamp(columns.requestSeconds[slot] as number, columns.requestNanos[slot] as number);
    if (replies === 0) {
      this.text(part.noReply);
      return;
    }
    this.text(part.reply);
    this.stamp(columns.replySeconds[slot] as number, columns.replyNanos[slot] as number);
    this.text(part.rtt);
    this.number(columns.rttNs(slot));
    this.text(part.duplicates);
    this.number(replies - 1);
    this.text(part.end);
  }

  /** The lines since the last call. They are overwritten by the next exchange. */
  take(): Uint8Array {
    const lines = this.bytes.subarray(0, this.length);
    this.length = 0;
    return lines;
  }

  private text(characters: Uint8Array): void {
    const { bytes, length } = this;
    for (let at = 0; at < characters.length; at++) bytes[length + at] = characters[at] as number;
    this.length = length + characters.length;
  }

  private number(value: number): void {
    if (!(value >= 0 && value < 0x7fff_ffff)) {
      this.text(bytesOf(BigInt(Math.trunc(value)).toString()));
      return;
    }
    let digits = 1;
    for (let power = 10; value >= power; power *= 10) digits++;
    const { bytes, length } = this;
    let rest = value | 0;
    for (let at = length + digits - 1; at >= length; at--) {
      const tenth = (rest / 10) | 0;
      bytes[at] = zero + rest - tenth * 10;
      rest = tenth;
    }
    this.length = length + digits;
  }

  /** Nanoseconds since the epoch. Neighbouring stamps share their seconds, whose digits are kept. */
  private stamp(seconds: number, nanos: number): void {
    if (!(seconds > 0)) {
      this.text(bytesOf(nanosecondsOf(seconds, nanos).toString()));
      return;
    }
    if (seconds !== this.lastSeconds) {
      this.lastSeconds = seconds;
      this.lastDigits = bytesOf(BigInt(seconds).toString());
    }
    this.text(this.lastDigits);
    const millions = (nanos / 1e6) | 0;
    const thousands = (nanos / 1e3) | 0;
    this.group(millions);
    this.group(thousands - millions * 1000);
    this.group(nanos - thousands * 1000);
  }

  private group(value: number): void {
    const { bytes, length } = this;
    bytes[length] = thousand[3 * value] as number;
    bytes[length + 1] = thousand[3 * value + 1] as number;
    bytes[length + 2] = thousand[3 * value + 2] as number;
    this.length = length + 3;
  }
}
