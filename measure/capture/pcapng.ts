import { FormatError } from "../../lib/format-error.ts";
import type { Dissector } from "./dissector.ts";
import { isReadable, readableLinks } from "./link-types.ts";
import { type CaptureSummary, noteProblem } from "./summary.ts";
import { TimeResolution } from "./time-resolution.ts";
import type { Walker } from "./walker.ts";

const block = { section: 0x0a0d0d0a, interface: 1, packet: 2, simple: 3, statistics: 5, enhanced: 6 };
const option = { end: 0, timeResolution: 9, timeOffset: 14, interfaceDrops: 5, systemDrops: 7 };
const byteOrderMagic = 0x1a2b3c4d;

/** The longest block that libpcap accepts. */
const longestBlock = 16 * 1024 * 1024;
/** The packet block names its interface in 16 bits; more than that many are damage. */
const mostInterfaces = 65_536;

interface CaptureInterface {
  link: number;
  time: TimeResolution;
}

/** Whether a file that starts with these 4 bytes is a pcapng file: its first block type reads alike in both byte orders. */
export const isPcapng = (magic: number) => magic === block.section;

/**
 * Reads pcapng, the format of Wireshark and dumpcap (draft-ietf-opsawg-pcapng): sections of both byte orders, several
 * interfaces with link type and resolution of their own, enhanced, simple and the obsolete packet blocks. Blocks of
 * other kinds are passed over.
 */
export class PcapngWalker implements Walker {
  wanted = 28;
  #little = true;
  #interfaces: CaptureInterface[] = [];
  readonly #dissector: Dissector;
  readonly #source: string;
  readonly #summary: CaptureSummary;

  constructor(dissector: Dissector, source: string, summary: CaptureSummary) {
    this.#dissector = dissector;
    this.#source = source;
    this.#summary = summary;
  }

  walk(view: DataView, end: number, base: number): number {
    this.#dissector.view = view;
    let at = 0;
    while (end - at >= 12) {
      const length = this.#blockLength(view, at, base);
      this.wanted = length;
      if (length > end - at) break;
      if (view.getUint32(at + length - 4, this.#little) !== length)
        this.#fail(base + at + length - 4, "a block's two lengths differ");
      const type = view.getUint32(at, this.#little);
      if (type === block.enhanced) this.#packet(view, at, length, base, view.getUint32(at + 8, this.#little));
      else if (type === block.packet) this.#packet(view, at, length, base, view.getUint16(at + 8, this.#little));
      else if (type === block.interface) this.#interface(view, at, length, base);
      else if (type === block.section) this.#section(view, at, length, base);
      else if (type === block.statistics) this.#statistics(view, at, length, base);
      else if (type === block.simple) this.#dissector.unread();
      at += length;
    }
    return at;
  }

  cut(view: DataView, rest: number): string {
    return rest < 12
      ? `the file ends inside a block's header: ${rest} bytes`
      : `the file ends inside a block: ${rest} of ${view.getUint32(4, this.#little)} bytes`;
  }

  /** Length of the block at `at`; a section block first tells the byte order that holds from it on. */
  #blockLength(view: DataView, at: number, base: number): number {
    if (view.getUint32(at) === block.section) {
      const magic = view.getUint32(at + 8);
      this.#little = magic !== byteOrderMagic;
      if (this.#little && view.getUint32(at + 8, true) !== byteOrderMagic)
        this.#fail(base + at + 8, `a section's byte-order magic is 0x${magic.toString(16)}`);
    }
    const length = view.getUint32(at + 4, this.#little);
    if (length < 12 || length % 4 !== 0 || length > longestBlock)
      this.#fail(base + at + 4, `a block of ${length} bytes: the file is damaged from here on`);
    return length;
  }

  #section(view: DataView, at: number, length: number, base: number): void {
    if (length < 28) this.#fail(base + at + 4, `a section block of ${length} bytes`);
    const major = view.getUint16(at + 12, this.#little);
    if (major !== 1)
      this.#fail(base + at + 12, `pcapng version ${major}.${view.getUint16(at + 14, this.#little)}: only 1.x is read`);
    this.#interfaces = [];
  }

  #interface(view: DataView, at: number, length: number, base: number): void {
    if (length < 20) this.#fail(base + at + 4, `an interface block of ${length} bytes`);
    if (this.#interfaces.length >= mostInterfaces) this.#fail(base + at, `more than ${mostInterfaces} interfaces`);
    const link = view.getUint16(at + 8, this.#little);
    let resolution: number | undefined;
    let offset: bigint | undefined;
    this.#options(view, at + 16, at + length - 4, base, (code, value, bytes) => {
      if (code === option.timeResolution && bytes === 1) resolution = view.getUint8(value);
      if (code === option.timeOffset && bytes === 8) offset = view.getBigInt64(value, this.#little);
    });
    if (!isReadable(link))
      noteProblem(
        this.#summary,
        base + at,
        `interface ${this.#interfaces.length}: link type ${link} is not read, only ${readableLinks()}`,
      );
    this.#interfaces.push({ link, time: new TimeResolution(resolution, offset) });
  }

  /** Enhanced and obsolete packet blocks: alike but for the width of the interface number. */
  #packet(view: DataView, at: number, length: number, base: number, number: number): void {
    if (length < 32) this.#fail(base + at + 4, `a packet block of ${length} bytes`);
    const captured = view.getUint32(at + 20, this.#little);
    if (captured > length - 32)
      this.#fail(base + at + 20, `${captured} captured bytes in a packet block of ${length} bytes`);
    const from = this.#interfaces[number];
    if (!from) {
      this.#fail(base + at + 8, `a packet of interface ${number}, of which the file has ${this.#interfaces.length}`);
      return;
    }
    if (!from.time.convert(view.getUint32(at + 12, this.#little), view.getUint32(at + 16, this.#little))) {
      noteProblem(this.#summary, base + at + 12, "a stamp beyond all dates: the packet counts as one without a time");
      this.#dissector.unread();
      return;
    }
    this.#dissector.frame(at + 28, at + 28 + captured, from.link, from.time.seconds, from.time.nanos);
  }

  #statistics(view: DataView, at: number, length: number, base: number): void {
    if (length < 24) this.#fail(base + at + 4, `a statistics block of ${length} bytes`);
    const number = view.getUint32(at + 8, this.#little);
    this.#options(view, at + 20, at + length - 4, base, (code, value, bytes) => {
      if ((code !== option.interfaceDrops && code !== option.systemDrops) || bytes !== 8) return;
      const dropped = view.getBigUint64(value, this.#little);
      if (dropped > 0n) noteProblem(this.#summary, base + value, `interface ${number} dropped ${dropped} packets`);
    });
  }

  #options(
    view: DataView,
    from: number,
    to: number,
    base: number,
    take: (code: number, value: number, bytes: number) => void,
  ): void {
    for (let at = from; to - at >= 4; ) {
      const code = view.getUint16(at, this.#little);
      const bytes = view.getUint16(at + 2, this.#little);
      if (code === option.end) return;
      if (bytes > to - at - 4) this.#fail(base + at + 2, `an option of ${bytes} bytes in a block that ends before`);
      take(code, at + 4, bytes);
      at += 4 + bytes + (-bytes & 3);
    }
  }

  #fail(offset: number, why: string): never {
    throw new FormatError({ source: this.#source, offset }, why);
  }
}
