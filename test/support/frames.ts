/** Bytes from hexadecimal text; white space is for the reader. */
export const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ""), "hex");

/** RFC 1071. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] as number) << 8) + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export interface Echo {
  reply?: boolean;
  id?: number;
  seq?: number;
  data?: Uint8Array;
  /** IPv4 as four numbers, IPv6 as 32 hexadecimal digits. */
  source?: string;
  target?: string;
  datagram?: number;
}

const address = (text: string) => (text.includes(".") ? Buffer.from(text.split(".").map(Number)) : hex(text));
const near6 = "fd000000000000000000000000000101";
const far6 = "fd000000000000000000000000000201";

/** IPv4 header, ICMP echo. `options` are bytes of IP options, a multiple of 4; `fragment` the field of flags and offset. */
export function echo4(echo: Echo = {}, header: { options?: Uint8Array; fragment?: number } = {}): Buffer {
  const { reply = false, id = 7, seq = 1, data = hex("00010203"), datagram = 1 } = echo;
  const [near, far] = [address(echo.source ?? "10.9.0.101"), address(echo.target ?? "10.9.0.201")];
  const icmp = Buffer.concat([Buffer.from([reply ? 0 : 8, 0, 0, 0, id >> 8, id & 255, seq >> 8, seq & 255]), data]);
  icmp.writeUInt16BE(checksum(icmp), 2);
  const options = Buffer.from(header.options ?? []);
  const ip = Buffer.alloc(20);
  ip.writeUInt8(0x45 + options.length / 4, 0);
  ip.writeUInt16BE(20 + options.length + icmp.length, 2);
  ip.writeUInt16BE(datagram, 4);
  ip.writeUInt16BE(header.fragment ?? 0x4000, 6);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(1, 9);
  (reply ? far : near).copy(ip, 12);
  (reply ? near : far).copy(ip, 16);
  const whole = Buffer.concat([ip, options]);
  whole.writeUInt16BE(checksum(whole), 10);
  return Buffer.concat([whole, icmp]);
}

/** IPv6 header, extension headers (type and bytes, the first byte of each being filled in), ICMPv6 echo. */
export function echo6(echo: Echo = {}, extensions: { type: number; bytes: Uint8Array }[] = []): Buffer {
  const { reply = false, id = 7, seq = 1, data = hex("00010203") } = echo;
  const [near, far] = [address(echo.source ?? near6), address(echo.target ?? far6)];
  const icmp = Buffer.concat([Buffer.from([reply ? 129 : 128, 0, 0, 0, id >> 8, id & 255, seq >> 8, seq & 255]), data]);
  const ip = Buffer.alloc(40);
  ip.writeUInt8(0x60, 0);
  ip.writeUInt8(64, 7);
  (reply ? far : near).copy(ip, 8);
  (reply ? near : far).copy(ip, 24);
  const pseudo = Buffer.alloc(8);
  pseudo.writeUInt32BE(icmp.length, 0);
  pseudo.writeUInt8(58, 7);
  icmp.writeUInt16BE(checksum(Buffer.concat([ip.subarray(8), pseudo, icmp])), 2);
  const types = [...extensions.map(({ type }) => type), 58];
  ip.writeUInt8(types[0] as number, 6);
  const chain = extensions.map(({ bytes }, at) => Buffer.from([types[at + 1] as number, ...bytes.subarray(1)]));
  const payload = Buffer.concat([...chain, icmp]);
  ip.writeUInt16BE(payload.length, 4);
  return Buffer.concat([ip, payload]);
}

const etherTypeOf = (packet: Uint8Array) => ((packet[0] as number) >> 4 === 6 ? 0x86dd : 0x0800);
const word = (value: number) => Buffer.from([value >> 8, value & 255]);

/** Ethernet around an IP packet, with the given VLAN tag types outermost first. */
export const ethernet = (packet: Uint8Array, tags: number[] = [], type = etherTypeOf(packet)) =>
  Buffer.concat([
    hex("525400200200 525400200100"),
    ...tags.map((tag) => Buffer.concat([word(tag), word(5)])),
    word(type),
    packet,
  ]);

/** Linux cooked headers, versions 1 and 2. */
export const cooked1 = (packet: Uint8Array) =>
  Buffer.concat([hex("0000 0001 0006 525400200100 0000"), word(etherTypeOf(packet)), packet]);
export const cooked2 = (packet: Uint8Array) =>
  Buffer.concat([word(etherTypeOf(packet)), hex("0000 00000002 0001 00 06 525400200100 0000"), packet]);

export const arp = () => ethernet(hex("0001 0800 06 04 0001 525400200100 0a090065 000000000000 0a0900c9"), [], 0x0806);

export interface Record {
  /** Nanoseconds since the epoch. */
  at: bigint;
  frame: Uint8Array;
  /** Length on the wire when the frame was cut. */
  length?: number;
}

export interface PcapForm {
  nanos?: boolean;
  big?: boolean;
  link?: number;
}

/** A pcap file. */
export function pcap(records: readonly Record[], { nanos = true, big = false, link = 1 }: PcapForm = {}): Buffer {
  const words = (...values: number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach((value, at) => void (big ? bytes.writeUInt32BE(value, 4 * at) : bytes.writeUInt32LE(value, 4 * at)));
    return bytes;
  };
  const version = big ? hex("0002 0004") : hex("0200 0400");
  const parts = [words(nanos ? 0xa1b23c4d : 0xa1b2c3d4), version, words(0, 0, 262_144, link)];
  for (const { at, frame, length } of records) {
    const fraction = Number(at % 1_000_000_000n) / (nanos ? 1 : 1000);
    parts.push(words(Number(at / 1_000_000_000n), Math.floor(fraction), frame.length, length ?? frame.length));
    parts.push(Buffer.from(frame));
  }
  return Buffer.concat(parts);
}

/** One of very many echoes: its number gives the stamp in nanoseconds, unless `at` does. */
export interface ManyEcho {
  id?: number;
  seq: number;
  reply?: boolean;
  /** Goes into the data, so that equal sequence numbers can differ. */
  mark?: number;
  at: number;
}

/** A pcap file of very many echoes between the same two hosts, patched into copies of one frame: building each is slow. */
export async function* manyEchoes(echoes: Iterable<ManyEcho>): AsyncGenerator<Uint8Array> {
  yield pcap([]);
  const template = [false, true].map((reply) =>
    pcap([{ at: 0n, frame: ethernet(echo4({ reply, data: Buffer.alloc(16) })) }]).subarray(24),
  ) as [Buffer, Buffer];
  const record = template[0].length;
  const icmp = 16 + 14 + 20;
  const chunk = Buffer.alloc(1000 * record);
  let used = 0;
  for (const { id = 7, seq, reply = false, mark = 0, at } of echoes) {
    template[reply ? 1 : 0].copy(chunk, used);
    chunk.writeUInt32LE(Math.floor(at / 1e9), used);
    chunk.writeUInt32LE(at % 1e9, used + 4);
    chunk.writeUInt16BE(0, used + icmp + 2);
    chunk.writeUInt16BE(id, used + icmp + 4);
    chunk.writeUInt16BE(seq, used + icmp + 6);
    chunk.writeUInt16BE(mark, used + icmp + 8);
    chunk.writeUInt16BE(checksum(chunk.subarray(used + icmp, used + record)), used + icmp + 2);
    used += record;
    if (used < chunk.length) continue;
    yield chunk;
    used = 0;
  }
  yield chunk.subarray(0, used);
}

/** The bytes in chunks of one size, as a stream gives them. */
export async function* inChunks(bytes: Uint8Array, size = bytes.length || 1): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
