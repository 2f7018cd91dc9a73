import type { ExchangeTable } from "./exchange-table.ts";
import { endOfExtension, isExtension, isLaterFragment, jumboPayload } from "./extension-headers.ts";
import { isReadable, linkType } from "./link-types.ts";
import { countKind, etherTypeKind, protocolKind, serviceKind, udpKind } from "./other-frames.ts";
import type { CaptureSummary } from "./summary.ts";

const etherType = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, qinq: 0x88a8, oldQinq: 0x9100 };
/** Smaller numbers in the place of an EtherType are the length of a frame of IEEE 802.3. */
const leastEtherType = 0x0600;
const protocol = { hopByHop: 0, icmp: 1, udp: 17, authentication: 51, icmpv6: 58 };
const echo = { reply4: 0, request4: 8, request6: 128, reply6: 129 };
/** Linux cooked: the packet's way, and the protocol number that stands for IEEE 802.2. */
const cooked = { broadcast: 1, multicast: 2, llc: 4 };
/** IEEE 802.2: service access points of SNAP and of IPv4, and the control field of unnumbered information. */
const llc = { snap: 0xaa, ipv4: 0x06, unnumbered: 3 };
/** SNAP organisation codes behind which an EtherType follows: RFC 1042, and IEEE 802.1H. */
const encapsulated = [0x000000, 0x0000f8];

/** More VLAN tags or extension headers than any real frame has. */
const mostLayers = 8;

/** Finds the echo requests and replies among frames, hands them to the table and counts every frame in the summary. */
export class Dissector {
  /** The bytes that the next frames lie in. */
  view: DataView = new DataView(new ArrayBuffer(0));
  readonly #table: ExchangeTable;
  readonly #summary: CaptureSummary;
  readonly #id: number;

  /** @param id the ICMP id of the pings to look at; without it all */
  constructor(table: ExchangeTable, summary: CaptureSummary, id?: number) {
    this.#table = table;
    this.#summary = summary;
    this.#id = id ?? -1;
  }

  /**
   * Takes one frame.
   * @param start offset of its first byte in `view`, `end` that after its last captured byte
   * @param link its link type
   */
  frame(start: number, end: number, link: number, seconds: number, nanos: number): void {
    this.#summary.frames++;
    const { view } = this;
    if (link === linkType.ethernet) {
      if (end - start < 14) this.#summary.short++;
      else {
        this.#table.groupFrame = (view.getUint8(start) & 1) === 1;
        this.#network(view.getUint16(start + 12), start + 14, end, seconds, nanos);
      }
    } else if (link === linkType.linuxCooked) {
      if (end - start < 16) this.#summary.short++;
      else this.#cooked(view.getUint16(start), view.getUint16(start + 14), start + 16, end, seconds, nanos);
    } else if (link === linkType.linuxCooked2) {
      if (end - start < 20) this.#summary.short++;
      else this.#cooked(view.getUint8(start + 10), view.getUint16(start), start + 20, end, seconds, nanos);
    } else if (!isReadable(link)) this.#summary.unread++;
    else {
      const ip = start + (link === linkType.null || link === linkType.loop ? 4 : 0);
      this.#table.groupFrame = false;
      if (end <= ip) this.#summary.short++;
      else if (view.getUint8(ip) >> 4 === 4) this.#ipv4(ip, end, seconds, nanos);
      else this.#ipv6(ip, end, seconds, nanos);
    }
  }

  /** Counts a frame that has no time, or whose interface's link type is not read. */
  unread(): void {
    this.#summary.frames++;
    this.#summary.unread++;
  }

  #other(kind: string): void {
    this.#summary.other++;
    countKind(this.#summary.otherKinds, kind);
  }

  #cooked(way: number, type: number, first: number, end: number, seconds: number, nanos: number): void {
    this.#table.groupFrame = way === cooked.broadcast || way === cooked.multicast;
    if (type >= leastEtherType) this.#network(type, first, end, seconds, nanos);
    else if (type === cooked.llc) this.#llc(first, end, seconds, nanos);
    else this.#other(`Linux protocol ${type}`);
  }

  #network(firstType: number, first: number, end: number, seconds: number, nanos: number): void {
    let type = firstType;
    let at = first;
    for (let tags = 0; type === etherType.vlan || type === etherType.qinq || type === etherType.oldQinq; tags++) {
      if (end - at < 4 || tags >= mostLayers) {
        this.#summary.short++;
        return;
      }
      type = this.view.getUint16(at + 2);
      at += 4;
    }
    if (type === etherType.ipv4) this.#ipv4(at, end, seconds, nanos);
    else if (type === etherType.ipv6) this.#ipv6(at, end, seconds, nanos);
    else if (type === etherType.arp) this.#summary.arp++;
    else if (type < leastEtherType) this.#llc(at, Math.min(end, at + type), seconds, nanos);
    else this.#other(etherTypeKind(type));
  }

  /** A frame of IEEE 802.3: IEEE 802.2 tells what is in it, mostly by an EtherType in a SNAP header. */
  #llc(at: number, end: number, seconds: number, nanos: number): void {
    const { view } = this;
    if (end - at < 3) {
      this.#summary.short++;
      return;
    }
    const service = view.getUint8(at);
    const unnumbered = view.getUint8(at + 1) === service && view.getUint8(at + 2) === llc.unnumbered;
    if (unnumbered && service === llc.ipv4) this.#ipv4(at + 3, end, seconds, nanos);
    else if (!unnumbered || service !== llc.snap) this.#other(serviceKind(service));
    else if (end - at < 8) this.#summary.short++;
    else {
      const organisation = view.getUint32(at + 2) & 0xff_ffff;
      const type = view.getUint16(at + 6);
      if (type < leastEtherType || !encapsulated.includes(organisation)) this.#other("SNAP of another organisation");
      else this.#network(type, at + 8, end, seconds, nanos);
    }
  }

  #ipv4(ip: number, end: number, seconds: number, nanos: number): void {
    const { view } = this;
    const summary = this.#summary;
    if (end - ip < 20) {
      summary.short++;
      return;
    }
    const first = view.getUint8(ip);
    const header = (first & 15) * 4;
    // The length is 0 in a packet that the NIC was to cut into segments.
    const total = view.getUint16(ip + 2) || end - ip;
    if (first >> 4 !== 4 || header < 20 || total < header) {
      summary.malformed++;
      return;
    }
    const last = Math.min(end, ip + total);
    const later = (view.getUint16(ip + 6) & 0x1fff) !== 0;
    let next = view.getUint8(ip + 9);
    let at = ip + header;
    for (let headers = 0; next === protocol.authentication && !later; headers++) {
      if (last - at < 8 || headers >= mostLayers) {
        summary.short++;
        return;
      }
      next = view.getUint8(at);
      at = endOfExtension(view, at, protocol.authentication);
    }
    if (next !== protocol.icmp) this.#other(this.#transportKind(next, at, later ? at : last));
    else if (later) summary.fragments++;
    else this.#icmp(ip, at, last, 4, seconds, nanos);
  }

  #ipv6(ip: number, end: number, seconds: number, nanos: number): void {
    const { view } = this;
    const summary = this.#summary;
    if (end - ip < 40) {
      summary.short++;
      return;
    }
    if (view.getUint8(ip) >> 4 !== 6) {
      summary.malformed++;
      return;
    }
    let next = view.getUint8(ip + 6);
    let at = ip + 40;
    const stated = view.getUint16(ip + 4);
    const jumbo = stated === 0 && next === protocol.hopByHop ? jumboPayload(view, at, end) : 0;
    const last = Math.min(end, ip + 40 + (stated || jumbo));
    for (let headers = 0; next !== protocol.icmpv6; headers++) {
      if (!isExtension(next)) {
        this.#other(this.#transportKind(next, at, last));
        return;
      }
      if (last - at < 8 || headers >= mostLayers) {
        summary.short++;
        return;
      }
      if (isLaterFragment(view, at, next)) {
        summary.fragments++;
        return;
      }
      const type = next;
      next = view.getUint8(at);
      at = endOfExtension(view, at, type);
    }
    this.#icmp(ip, at, last, 6, seconds, nanos);
  }

  /** The name of what an IP packet carries other than ICMP. */
  #transportKind(number: number, at: number, last: number): string {
    if (number !== protocol.udp || last - at < 4) return protocolKind(number);
    return udpKind(this.view.getUint16(at), this.view.getUint16(at + 2));
  }

  #icmp(ip: number, icmp: number, last: number, family: 4 | 6, seconds: number, nanos: number): void {
    const { view } = this;
    if (last - icmp < 8) {
      this.#summary.short++;
      return;
    }
    const type = view.getUint8(icmp);
    const isRequest = type === (family === 4 ? echo.request4 : echo.request6);
    if (!isRequest && type !== (family === 4 ? echo.reply4 : echo.reply6)) this.#summary.otherIcmp++;
    else if (this.#id >= 0 && view.getUint16(icmp + 4) !== this.#id) this.#summary.otherIds++;
    else if (isRequest) this.#table.request(view, ip, icmp, last, family, seconds, nanos);
    else this.#table.reply(view, ip, icmp, family, seconds, nanos);
  }
}
