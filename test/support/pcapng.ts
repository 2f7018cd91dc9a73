import type { Record } from "./frames.ts";

export interface PcapngInterface {
  link?: number;
  /** if_tsresol, as its one byte. */
  resolution?: number;
  /** if_tsoffset, seconds. */
  offset?: bigint;
}

/** Builds pcapng files block by block (draft-ietf-opsawg-pcapng). */
export class PcapngBuilder {
  readonly #parts: Buffer[] = [];
  readonly #big: boolean;

  constructor(big = false) {
    this.#big = big;
    this.section();
  }

  section(): this {
    return this.block(
      0x0a0d0d0a,
      Buffer.concat([this.#u32(0x1a2b3c4d), this.#u16(1), this.#u16(0), this.#u32(0xffffffff, 0xffffffff)]),
    );
  }

  interface({ link = 1, resolution, offset }: PcapngInterface = {}): this {
    const options = [
      this.#option(2, Buffer.from("vnet0")),
      resolution === undefined ? Buffer.alloc(0) : this.#option(9, Buffer.from([resolution])),
      offset === undefined ? Buffer.alloc(0) : this.#option(14, this.#u64(BigInt.asUintN(64, offset))),
      this.#option(0, Buffer.alloc(0)),
    ];
    return this.block(1, Buffer.concat([this.#u16(link), this.#u16(0), this.#u32(262_144), ...options]));
  }

  /** An enhanced packet block; the stamp is in the interface's units. */
  packet(stamp: bigint, frame: Uint8Array, interfaceNumber = 0): this {
    const time = this.#u32(Number(stamp >> 32n), Number(stamp & 0xffff_ffffn));
    return this.block(
      6,
      Buffer.concat([this.#u32(interfaceNumber), time, this.#u32(frame.length, frame.length), pad(frame)]),
    );
  }

  /** The obsolete packet block, with its drop count. */
  oldPacket(stamp: bigint, frame: Uint8Array, interfaceNumber = 0): this {
    const time = this.#u32(Number(stamp >> 32n), Number(stamp & 0xffff_ffffn));
    return this.block(
      2,
      Buffer.concat([
        this.#u16(interfaceNumber),
        this.#u16(0),
        time,
        this.#u32(frame.length, frame.length),
        pad(frame),
      ]),
    );
  }

  simplePacket(frame: Uint8Array): this {
    return this.block(3, Buffer.concat([this.#u32(frame.length), pad(frame)]));
  }

  /** Interface statistics with isb_ifdrop. */
  drops(count: bigint): this {
    return this.block(
      5,
      Buffer.concat([this.#u32(0, 0, 0), this.#option(5, this.#u64(count)), this.#option(0, Buffer.alloc(0))]),
    );
  }

  block(type: number, body: Uint8Array): this {
    const length = 12 + body.length;
    this.#parts.push(this.#u32(type, length), Buffer.from(body), this.#u32(length));
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #option(code: number, value: Uint8Array): Buffer {
    return Buffer.concat([this.#u16(code), this.#u16(value.length), pad(value)]);
  }

  #u16(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    if (this.#big) bytes.writeUInt16BE(value);
    else bytes.writeUInt16LE(value);
    return bytes;
  }

  #u32(...values: number[]): Buffer {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach(
      (value, at) => void (this.#big ? bytes.writeUInt32BE(value, 4 * at) : bytes.writeUInt32LE(value, 4 * at)),
    );
    return bytes;
  }

  #u64(value: bigint): Buffer {
    const bytes = Buffer.alloc(8);
    if (this.#big) bytes.writeBigUInt64BE(value);
    else bytes.writeBigUInt64LE(value);
    return bytes;
  }
}

const pad = (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

/** One section with one interface of nanosecond stamps. */
export function pcapng(records: readonly Record[], big = false): Buffer {
  const builder = new PcapngBuilder(big).interface({ resolution: 9 });
  for (const { at, frame } of records) builder.packet(at, frame);
  return builder.bytes();
}
