import type { ExchangeTable } from "./exchange-table.ts";
import { isReadable, linkType } from "./link-types.ts";
import type { CaptureSummary } from "./summary.ts";

const etherType = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, qinq: 0x88a8, oldQinq: 0x9100 };
const protocol = { hopByHop: 0, icmp: 1, routing: 43, fragment: 44, authentication: 51, icmpv6: 58, destination: 60 };
const echo = { reply4: 0, request4: 8, request6: 128, reply6: 129 };

/** More VLAN tags or extension headers than any real frame has. */
const mostLayers = 8;

/** Finds the echo requests and replies among frames, hands them to the table and counts every frame in the summary. */
export class Dissector {
  /** The bytes that the next frames lie in. */
  view: DataView = new DataView(new ArrayBuffer(0));
  private readonly table: ExchangeTable;
  private readonly summary: CaptureSummary;
  private readonly id: number;

  /** @param id the ICMP id of the pings to look at; without it all */
  constructor(table: ExchangeTable, summary: CaptureSummary, id?: number) {
    this.table = table;
    this.summary = summary;
    this.id = id ?? -1;
  }

  /**
   * Takes one frame.
   * @param start offset of its first byte in `view`, `end` that after its last captured byte
   * @param link its link type
   */
  frame(start: number, end: number, link: number, seconds: number, nanos: number): void {
    this.summary.frames++;
    const { view } = this;
    if (link === linkType.ethernet) {
      if (end - start < 14) this.summary.short++;
      else this.network(view.getUint16(start + 12), start + 14, end, seconds, nanos);
    } else if (link === linkType.linuxCooked) {
      if (end - start < 16) this.summary.short++;
      else this.network(view.getUint16(start + 14), start + 16, end, seconds, nanos);
    } else if (link === linkType.linuxCooked2) {
      if (end - start < 20) this.summary.short++;
      else this.network(view.getUint16(start), start + 20, end, seconds, nanos);
    } else if (!isReadable(link)) this.summary.unread++;
    else if (end === start) this.summary.short++;
    else {
      const version = view.getUint8(start) >> 4;
      this.network(version === 4 ? etherType.ipv4 : etherType.ipv6, start, end, seconds, nanos);
    }
  }

  /** Counts a frame that has no time, or whose interface's link type is not read. */
  unread(): void {
    this.summary.frames++;
    this.summary.unread++;
  }

  private network(firstType: number, first: number, end: number, seconds: number, nanos: number): void {
    let type = firstType;
    let at = first;
    for (let tags = 0; type === etherType.vlan || type === etherType.qinq || type === etherType.oldQinq; tags++) {
      if (end - at < 4 || tags >= mostLayers) {
        this.summary.short++;
        return;
      }
      type = this.view.getUint16(at + 2);
      at += 4;
    }
    if (type === etherType.ipv4) this.ipv4(at, end, seconds, nanos);
    else if (type === etherType.ipv6) this.ipv6(at, end, seconds, nanos);
    else if (type === etherType.arp) this.summary.arp++;
    else this.summary.other++;
  }

  private ipv4(ip: number, end: number, seconds: number, nanos: number): void {
    const { view, summary } = this;
    if (end - ip < 20) {
      summary.short++;
      return;
    }
    const first = view.getUint8(ip);
    const header = (first & 15) * 4;
    const total = view.getUint16(ip + 2);
    if (first >> 4 !== 4 || header < 20 || total < header) {
      summary.malformed++;
      return;
    }
    if (view.getUint8(ip + 9) !== protocol.icmp) summary.other++;
    else if ((view.getUint16(ip + 6) & 0x1fff) !== 0) summary.fragments++;
    else {
      const icmp = ip + header;
      if (Math.min(end, ip + total) - icmp < 8) {
        summary.short++;
        return;
      }
      const type = view.getUint8(icmp);
      if (type !== echo.request4 && type !== echo.reply4) summary.otherIcmp++;
      else if (this.id >= 0 && view.getUint16(icmp + 4) !== this.id) summary.otherIds++;
      else if (type === echo.request4) this.table.request(view, ip, icmp, end, 4, seconds, nanos);
      else this.table.reply(view, ip, icmp, 4, seconds, nanos);
    }
  }

  private ipv6(ip: number, end: number, seconds: number, nanos: number): void {
    const { view, summary } = this;
    if (end - ip < 40) {
      summary.short++;
      return;
    }
    if (view.getUint8(ip) >> 4 !== 6) {
      summary.malformed++;
      return;
    }
    const last = Math.min(end, ip + 40 + view.getUint16(ip + 4));
    let next = view.getUint8(ip + 6);
    let at = ip + 40;
    for (let headers = 0; next !== protocol.icmpv6; headers++) {
      if (
        next !== protocol.hopByHop &&
        next !== protocol.routing &&
        next !== protocol.destination &&
        next !== protocol.fragment &&
        next !== protocol.authentication
      ) {
        summary.other++;
        return;
      }
      if (last - at < 8 || headers >= mostLayers) {
        summary.short++;
        return;
      }
      if (next === protocol.fragment && view.getUint16(at + 2) >> 3 !== 0) {
        summary.fragments++;
        return;
      }
      // Lengths without the first 8 bytes, in units of 8 (RFC 8200), but of 4 for AH (RFC 4302); a fragment header has 8.
      const length = view.getUint8(at + 1);
      const bytes =
        next === protocol.fragment ? 8 : next === protocol.authentication ? (length + 2) * 4 : (length + 1) * 8;
      next = view.getUint8(at);
      at += bytes;
    }
    if (last - at < 8) {
      summary.short++;
      return;
    }
    const type = view.getUint8(at);
    if (type !== echo.request6 && type !== echo.reply6) summary.otherIcmp++;
    else if (this.id >= 0 && view.getUint16(at + 4) !== this.id) summary.otherIds++;
    else if (type === echo.request6) this.table.request(view, ip, at, end, 6, seconds, nanos);
    else this.table.reply(view, ip, at, 6, seconds, nanos);
  }
}
