import { FormatError } from "../../lib/format-error.ts";
import type { Dissector } from "./dissector.ts";
import { isReadable, readableLinks } from "./link-types.ts";
import type { Walker } from "./walker.ts";

export const pcapHeaderBytes = 24;
/** Bytes before a record's data: those of the modified format name interface, protocol and direction too. */
const recordHeaderBytes = { standard: 16, modified: 24 } as const;

/** The longest record that libpcap and Wireshark accept; longer ones are damage. */
const longestRecord = 262_144;

const magics = new Map([
  [0xa1b2c3d4, { nanosPerUnit: 1000, little: false, recordHeader: recordHeaderBytes.standard }],
  [0xd4c3b2a1, { nanosPerUnit: 1000, little: true, recordHeader: recordHeaderBytes.standard }],
  [0xa1b23c4d, { nanosPerUnit: 1, little: false, recordHeader: recordHeaderBytes.standard }],
  [0x4d3cb2a1, { nanosPerUnit: 1, little: true, recordHeader: recordHeaderBytes.standard }],
  [0xa1b2cd34, { nanosPerUnit: 1000, little: false, recordHeader: recordHeaderBytes.modified }],
  [0x34cdb2a1, { nanosPerUnit: 1000, little: true, recordHeader: recordHeaderBytes.modified }],
]);

/** Whether a file that starts with these 4 bytes (big-endian) is a pcap file. */
export const isPcap = (magic: number) => magics.has(magic);

/**
 * Reads pcap, the format of tcpdump -w (draft-ietf-opsawg-pcap): micro- and nanosecond stamps, both byte orders, and the modified
 * format of libpcap 0.4 with Kuznetzov's patch.
 */
export class PcapWalker implements Walker {
  readonly wanted = recordHeaderBytes.modified + longestRecord;
  readonly #little: boolean;
  readonly #recordHeader: number;
  readonly #nanosPerUnit: number;
  readonly #link: number;
  readonly #source: string;
  readonly #dissector: Dissector;

  /**
   * @param header at least the first 24 bytes of a file that `isPcap`
   * @param source how messages call the file
   * @throws FormatError for another version than 2.x and for a link type that is not read
   */
  constructor(header: DataView, dissector: Dissector, source: string) {
    const form = magics.get(header.getUint32(0));
    if (!form) throw new FormatError({ source, offset: 0 }, "no pcap file");
    this.#little = form.little;
    this.#recordHeader = form.recordHeader;
    this.#nanosPerUnit = form.nanosPerUnit;
    this.#source = source;
    this.#dissector = dissector;
    const major = header.getUint16(4, form.little);
    const minor = header.getUint16(6, form.little);
    if (major !== 2 || minor < 3)
      throw new FormatError({ source, offset: 4 }, `pcap version ${major}.${minor}: only 2.4 is read`);
    // The upper bits tell the length of a frame check sequence, which lies behind what is read here.
    this.#link = header.getUint32(20, form.little) & 0x03ff_ffff;
    if (!isReadable(this.#link))
      throw new FormatError({ source, offset: 20 }, `link type ${this.#link} is not read: only ${readableLinks()}`);
  }

  walk(view: DataView, end: number, base: number): number {
    const little = this.#little;
    const nanosPerUnit = this.#nanosPerUnit;
    const link = this.#link;
    const dissector = this.#dissector;
    const recordHeader = this.#recordHeader;
    dissector.view = view;
    let at = 0;
    while (end - at >= recordHeader) {
      const captured = view.getUint32(at + 8, little);
      if (captured > longestRecord)
        throw new FormatError(
          { source: this.#source, offset: base + at },
          `a record of ${captured} bytes, more than the ${longestRecord} there can be: the file is damaged from here on`,
        );
      const next = at + recordHeader + captured;
      if (next > end) break;
      let seconds = view.getUint32(at, little);
      let nanos = view.getUint32(at + 4, little) * nanosPerUnit;
      if (nanos >= 1e9) {
        seconds += Math.floor(nanos / 1e9);
        nanos %= 1e9;
      }
      dissector.frame(at + recordHeader, next, link, seconds, nanos);
      at = next;
    }
    return at;
  }

  cut(view: DataView, rest: number): string {
    const recordHeader = this.#recordHeader;
    return rest < recordHeader
      ? `the file ends inside a record's header: ${rest} of ${recordHeader} bytes`
      : `the file ends inside a record: ${rest - recordHeader} of ${view.getUint32(8, this.#little)} bytes`;
  }
}
