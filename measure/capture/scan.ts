import { FormatError } from "../../lib/format-error.ts";
import { Dissector } from "./dissector.ts";
import type { ExchangeSink } from "./exchange.ts";
import { ExchangeTable } from "./exchange-table.ts";
import { isPcap, PcapWalker, pcapHeaderBytes } from "./pcap.ts";
import { isPcapng, PcapngWalker } from "./pcapng.ts";
import { type ByteSource, fileSource, memorySource, streamSource } from "./source.ts";
import { type CaptureSummary, noteProblem } from "./summary.ts";
import type { Walker } from "./walker.ts";

/** A path, or the bytes of a capture: all, or in chunks of any size. */
export type CaptureInput = string | Uint8Array | AsyncIterable<Uint8Array>;

export interface ScanOptions {
  /** Only pings with this ICMP id. */
  id?: number;
}

const chunkBytes = 1 << 20;
/** The first buffer. Captures of a run are small and many, and making large buffers costs more than reading them. */
const smallestChunk = 1 << 14;
const allocate = (bytes: number): Uint8Array => Buffer.allocUnsafeSlow(bytes);
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** Exchanges handed out at once after the end of the file. */
const drainAtOnce = 1 << 13;

/**
 * Reads a capture from end to end in constant memory, and gives every exchange to the sink. Yields whenever the sink
 * may hold something, so that its owner can pass that on and slow the reading down.
 * @throws FormatError (with the offset) when the input is no capture, or is damaged so that reading cannot go on; what
 *   was whole before the damage has been given to the sink by then. A last record that is cut off is only noted in
 *   `summary.problems`.
 */
export async function* scan(
  input: CaptureInput,
  options: ScanOptions,
  sink: ExchangeSink,
  summary: CaptureSummary,
): AsyncGenerator<void> {
  const name = typeof input === "string" ? input : "capture";
  const table = new ExchangeTable(sink, summary);
  const dissector = new Dissector(table, summary, options.id);
  const source =
    typeof input === "string"
      ? await fileSource(input)
      : input instanceof Uint8Array
        ? memorySource(input)
        : streamSource(input);
  let failure: unknown;
  try {
    yield* feed(source, name, dissector, summary);
  } catch (error) {
    failure = error;
  } finally {
    await source.close();
  }
  while (table.drain(drainAtOnce)) yield;
  yield;
  if (failure !== undefined) throw failure;
}

async function* feed(
  source: ByteSource,
  name: string,
  dissector: Dissector,
  summary: CaptureSummary,
): AsyncGenerator<void> {
  // One byte more than the file, so that its end is met without a larger buffer.
  let buffer = allocate(Math.max(smallestChunk, Math.min(chunkBytes, (source.size ?? 0) + 1)));
  let view = viewOf(buffer);
  let have = 0;
  let base = 0;
  let walker: Walker | undefined;
  for (;;) {
    const count = await source.read(buffer.subarray(have));
    if (count === 0) break;
    have += count;
    const full = have === buffer.length;
    summary.bytes += count;
    if (!walker && have >= pcapHeaderBytes) {
      walker = walkerOf(view, dissector, name, summary);
      if (summary.format === "pcap") {
        buffer.copyWithin(0, pcapHeaderBytes, have);
        have -= pcapHeaderBytes;
        base = pcapHeaderBytes;
      }
    }
    if (!walker) continue;
    const used = walker.walk(view, have, base);
    buffer.copyWithin(0, used, have);
    have -= used;
    base += used;
    if (have === buffer.length || (full && buffer.length < chunkBytes)) {
      const larger = allocate(Math.max(Math.min(4 * buffer.length, chunkBytes), 2 * have, walker.wanted));
      larger.set(buffer.subarray(0, have));
      buffer = larger;
      view = viewOf(buffer);
    }
    yield;
  }
  if (!walker) throw noCapture(buffer, have, name);
  if (have > 0) noteProblem(summary, base, `${walker.cut(view, have, base)}; everything before is whole`);
}

function walkerOf(view: DataView, dissector: Dissector, name: string, summary: CaptureSummary): Walker {
  const magic = view.getUint32(0);
  if (isPcap(magic)) {
    summary.format = "pcap";
    return new PcapWalker(view, dissector, name);
  }
  if (isPcapng(magic)) {
    summary.format = "pcapng";
    return new PcapngWalker(dissector, name, summary);
  }
  throw noCapture(new Uint8Array(view.buffer, view.byteOffset), pcapHeaderBytes, name);
}

function noCapture(bytes: Uint8Array, have: number, name: string): FormatError {
  const start = Buffer.from(bytes.subarray(0, Math.min(have, 4))).toString("hex");
  const hint = start.startsWith("1f8b")
    ? " (gzip: unpack it first)"
    : start.startsWith("28b52ffd")
      ? " (zstd: unpack it first)"
      : "";
  const found = have < pcapHeaderBytes ? `only ${have} bytes` : `it starts with ${start}${hint}`;
  return new FormatError({ source: name, offset: 0 }, `neither pcap nor pcapng: ${found}`);
}
