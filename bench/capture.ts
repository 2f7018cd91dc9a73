import { type FileHandle, mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { streamCapture } from "../measure/capture/command.ts";
import { readEchoBatches } from "../measure/capture/exchanges.ts";
import { scan } from "../measure/capture/scan.ts";
import { emptySummary } from "../measure/capture/summary.ts";
import type { BenchRow } from "./bench-row.ts";
import { syntheticPings, writeSyntheticPcap } from "./synthetic-pcap.ts";

const packets = Number(process.env.BENCH_PACKETS ?? 2_000_000);
/** tshark keeps state for every packet and is slow: it gets a file a tenth as long, which can only favour it. */
const tsharkPackets = packets / 10;
const repeats = 3;

/**
 * From a pcap file on disk (in the page cache) to matched echo exchanges, against a walk that only hops from record to
 * record, and against tshark printing the four fields that matching would need.
 */
export async function run(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "bench-capture-"));
  try {
    const file = join(folder, "large.pcap");
    const small = join(folder, "small.pcap");
    await writeSyntheticPcap(file, packets, syntheticPings);
    await writeSyntheticPcap(small, tsharkPackets, syntheticPings);
    const rate = async (count: number, body: () => Promise<number>): Promise<number> => {
      let best = 0;
      for (let round = 0; round < repeats; round++) {
        const start = performance.now();
        const found = await body();
        best = Math.max(best, count / (performance.now() - start) / 1000);
        if (found !== count) throw new Error(`read ${found} of ${count} packets`);
      }
      return best;
    };
    const walk = await rate(packets, () => bareWalk(file));
    const matched = await rate(packets, () => countMatched(file));
    const objects = await rate(packets, () => countObjects(file));
    const lines = await rate(packets, () => countLines(file));
    const tshark = await rate(tsharkPackets, () => countTshark(small));
    const row = (what: string, value: number): BenchRow => ({
      what,
      value: `${value.toFixed(2)} M packets/s`,
      ratios: `${(value / walk).toFixed(2)} x bare walk, ${(value / tshark).toFixed(1)} x tshark`,
    });
    const megabytes = ((await stat(file)).size / 1e6).toFixed(0);
    return [
      row(`bare walk over the records (${packets} packets, ${megabytes} MB)`, walk),
      row("pcap to matched exchanges, in columns", matched),
      row("pcap to matched exchanges, an object each", objects),
      row("pcap to NDJSON (lab capture --json)", lines),
      row(`tshark -T fields, four fields (${tsharkPackets} packets)`, tshark),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bareWalk(path: string): Promise<number> {
  const file: FileHandle = await open(path);
  try {
    const buffer = Buffer.alloc(1 << 20);
    const view = new DataView(buffer.buffer, buffer.byteOffset);
    let have = (await file.read(buffer, 0, 24)).bytesRead - 24;
    let count = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, have, buffer.length - have);
      if (bytesRead === 0) return count;
      have += bytesRead;
      let at = 0;
      while (have - at >= 16) {
        const next = at + 16 + view.getUint32(at + 8, true);
        if (next > have) break;
        count++;
        at = next;
      }
      buffer.copyWithin(0, at, have);
      have -= at;
    }
  } finally {
    await file.close();
  }
}

async function countMatched(path: string): Promise<number> {
  let answered = 0;
  const summary = emptySummary();
  const sink = {
    exchange: (columns: { replies: Uint32Array }, slot: number) => {
      if ((columns.replies[slot] as number) > 0) answered++;
    },
  };
  for await (const _ of scan(path, {}, sink, summary));
  return answered + summary.requests;
}

async function countObjects(path: string): Promise<number> {
  let found = 0;
  for await (const batch of readEchoBatches(path)) for (const { replyNs } of batch) found += replyNs === null ? 1 : 2;
  return found;
}

async function countLines(path: string): Promise<number> {
  const nowhere = await open("/dev/null", "w");
  try {
    const write = async (lines: Uint8Array) => (await nowhere.write(lines)).bytesWritten === lines.length;
    const { requests, replies } = await streamCapture(path, write, () => {});
    return requests + replies;
  } finally {
    await nowhere.close();
  }
}

async function countTshark(path: string): Promise<number> {
  const fields = ["frame.time_epoch", "icmp.type", "icmp.ident", "icmp.seq"].flatMap((field) => ["-e", field]);
  const { stdout } = await execa("tshark", ["-n", "-r", path, "-T", "fields", ...fields], { maxBuffer: 1 << 30 });
  return stdout.split("\n").length;
}
