import { open } from "node:fs/promises";

/** How the pings of a synthetic capture behave. */
export interface SyntheticPings {
  /** Pings side by side, each with an id of its own. */
  pings: number;
  /** Requests of each under way when a reply comes. */
  inFlight: number;
}

/** Four pings of the testbed's 64-byte frames, some requests in flight: long enough for sequence numbers to come round. */
export const syntheticPings: SyntheticPings = { pings: 4, inFlight: 16 };

const capturedBytes = 60;
const recordBytes = 16 + capturedBytes;

/** Writes a nanosecond pcap of `packets` (even) echo requests and replies in constant memory. */
export async function writeSyntheticPcap(path: string, packets: number, pings: SyntheticPings): Promise<void> {
  const file = await open(path, "w");
  try {
    const header = Buffer.alloc(24);
    header.writeUInt32LE(0xa1b23c4d, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(128, 16);
    header.writeUInt32LE(1, 20);
    await file.write(header);
    const chunk = Buffer.alloc(recordBytes * 10_000);
    let used = 0;
    const exchanges = packets / 2;
    const lag = pings.inFlight * pings.pings;
    for (let tick = 0; tick < exchanges + lag; tick++) {
      if (tick < exchanges) used += writeRecord(chunk, used, pings, tick, tick, 8);
      if (tick >= lag) used += writeRecord(chunk, used, pings, tick - lag, tick, 0);
      if (used > chunk.length - 2 * recordBytes || tick === exchanges + lag - 1) {
        await file.write(chunk, 0, used);
        used = 0;
      }
    }
  } finally {
    await file.close();
  }
}

function writeRecord(
  chunk: Buffer,
  at: number,
  pings: SyntheticPings,
  exchange: number,
  tick: number,
  type: 0 | 8,
): number {
  const nanos = tick * 1000 + (type === 8 ? 0 : 500);
  chunk.writeUInt32LE(1_795_456_975 + Math.floor(nanos / 1e9), at);
  chunk.writeUInt32LE(nanos % 1e9, at + 4);
  chunk.writeUInt32LE(capturedBytes, at + 8);
  chunk.writeUInt32LE(capturedBytes, at + 12);
  const frame = at + 16;
  chunk.writeUInt16BE(0x0800, frame + 12);
  const ip = frame + 14;
  chunk.writeUInt32BE(0x4500_002e, ip);
  chunk.writeUInt32BE(((exchange & 0xffff) << 16) >>> 0, ip + 4);
  chunk.writeUInt32BE(0x4001_0000, ip + 8);
  chunk.writeUInt32BE(type === 8 ? 0x0a09_0065 : 0x0a09_00c9, ip + 12);
  chunk.writeUInt32BE(type === 8 ? 0x0a09_00c9 : 0x0a09_0065, ip + 16);
  const icmp = ip + 20;
  const id = 1001 + (exchange % pings.pings);
  const seq = (Math.floor(exchange / pings.pings) + 1) & 0xffff;
  chunk.writeUInt16BE(type << 8, icmp);
  chunk.writeUInt16BE(id, icmp + 4);
  chunk.writeUInt16BE(seq, icmp + 6);
  chunk.writeUInt32LE(1_795_456_975, icmp + 8);
  chunk.writeUInt32LE(0, icmp + 12);
  chunk.writeUInt32LE(exchange % 1_000_000, icmp + 16);
  chunk.writeUInt32LE(0, icmp + 20);
  chunk.writeUInt16BE(0, icmp + 2);
  let sum = 0;
  for (let word = 0; word < 26; word += 2) sum += chunk.readUInt16BE(icmp + word);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  chunk.writeUInt16BE(~sum & 0xffff, icmp + 2);
  return recordBytes;
}
