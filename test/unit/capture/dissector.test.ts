import { describe, expect, it } from "vitest";
import { readCapture } from "../../../measure/capture/exchanges.ts";
import type { CaptureSummary } from "../../../measure/capture/summary.ts";
import { arp, cooked1, cooked2, echo4, echo6, ethernet, hex, inChunks, pcap } from "../../support/frames.ts";

const read = (frames: Uint8Array[], link = 1, lengths: number[] = []) =>
  readCapture(
    inChunks(
      pcap(
        frames.map((frame, at) => ({ at: BigInt(at + 1) * 1000n, frame, length: lengths[at] ?? frame.length })),
        { link },
      ),
    ),
  );
const both = (wrap: (packet: Buffer) => Buffer, make: typeof echo4 | typeof echo6) => [
  wrap(make()),
  wrap(make({ reply: true })),
];

describe("where an echo is found", () => {
  it.each([
    ["Ethernet", 1, (packet: Buffer) => ethernet(packet)],
    ["802.1Q", 1, (packet: Buffer) => ethernet(packet, [0x8100])],
    ["QinQ", 1, (packet: Buffer) => ethernet(packet, [0x88a8, 0x8100])],
    ["QinQ before it was standardised", 1, (packet: Buffer) => ethernet(packet, [0x9100, 0x8100])],
    ["padded Ethernet", 1, (packet: Buffer) => Buffer.concat([ethernet(packet), Buffer.alloc(18)])],
    ["Linux cooked v1", 113, cooked1],
    ["Linux cooked v2", 276, cooked2],
    ["raw IP", 101, (packet: Buffer) => packet],
  ])("reads %s", async (_name, link, wrap) => {
    for (const make of [echo4, echo6]) {
      const { exchanges, summary } = await read(both(wrap, make), link);
      expect(exchanges).toMatchObject([{ id: 7, seq: 1, rttNs: 1000, duplicates: 0 }]);
      expect(summary).toMatchObject({ frames: 2, requests: 1, replies: 1 });
    }
  });

  it("ignores the length of the frame check sequence in pcap's link type", async () => {
    expect((await read(both(ethernet, echo4), 0x4400_0001)).exchanges).toHaveLength(1);
  });

  it("reads IPv4 with options", async () => {
    const routed = echo4({}, { options: hex(`07 27 08${"00".repeat(37)}`) });
    expect((await read([ethernet(routed), ethernet(echo4({ reply: true }))])).exchanges).toMatchObject([
      { rttNs: 1000 },
    ]);
  });

  it("reads IPv6 behind extension headers", async () => {
    const chain = [
      { type: 0, bytes: hex("00 00 0502 0000 0100") },
      { type: 60, bytes: hex("00 01 0104 0000 0000 0106 0000 0000 0000") },
      { type: 43, bytes: hex("00 00 0400 0000 0000") },
      { type: 51, bytes: hex("00 04 0000 00000001 00000001 000000000000000000000000") },
      { type: 44, bytes: hex("00 00 0001 00000001") },
    ];
    expect((await read([ethernet(echo6({}, chain)), ethernet(echo6({ reply: true }))])).exchanges).toMatchObject([
      { family: 6, source: "fd00::101", target: "fd00::201", rttNs: 1000 },
    ]);
  });

  it("reads ping's own stamp from the packet", async () => {
    const stamped = echo4({ data: hex("cf7f046b 00000000 76080900 00000000 1011") });
    expect((await read([ethernet(stamped)])).exchanges[0]?.sentUs).toBe(1_795_456_975_591_990);
    const pattern = echo4({ data: hex("cf7f046b 00000000 40420f00 00000000 1011") });
    expect((await read([ethernet(pattern)])).exchanges[0]?.sentUs).toBeNull();
    expect((await read([ethernet(echo4())])).exchanges[0]?.sentUs).toBeNull();
  });
});

describe("what is no echo is counted, each frame once", () => {
  const icmpError = echo4();
  icmpError.writeUInt8(3, 20);
  const neighbour = echo6();
  neighbour.writeUInt8(135, 40);
  const udp = echo4();
  udp.writeUInt8(17, 9);
  const wrongVersion = echo4();
  wrongVersion.writeUInt8(0x65, 0);
  const shortHeader = echo4();
  shortHeader.writeUInt8(0x44, 0);
  const longHeader = echo4();
  longHeader.writeUInt16BE(19, 2);
  const noEcho = echo4();
  noEcho.writeUInt16BE(27, 2);
  const fragment6 = echo6({}, [{ type: 44, bytes: hex("00 00 0009 00000001") }]);
  const endless = echo6(
    {},
    Array.from({ length: 9 }, () => ({ type: 60, bytes: hex("00 00 0104 0000 0000") })),
  );

  it.each<[string, Uint8Array, keyof CaptureSummary]>([
    ["ARP", arp(), "arp"],
    ["an ICMP error", ethernet(icmpError), "otherIcmp"],
    ["neighbour discovery", ethernet(neighbour), "otherIcmp"],
    ["UDP", ethernet(udp), "other"],
    ["another EtherType", ethernet(echo4(), [], 0x88cc), "other"],
    ["a later IPv4 fragment", ethernet(echo4({}, { fragment: 0x00b9 })), "fragments"],
    ["a later IPv6 fragment", ethernet(fragment6), "fragments"],
    ["an IPv4 packet of another version", ethernet(wrongVersion, [], 0x0800), "malformed"],
    ["an IPv4 header of 16 bytes", ethernet(shortHeader), "malformed"],
    ["an IPv4 packet shorter than its header", ethernet(longHeader), "malformed"],
    ["an IPv4 packet too short for an echo", ethernet(noEcho), "short"],
    ["an IPv6 packet of another version", ethernet(echo4(), [], 0x86dd), "short"],
    ["endless extension headers", ethernet(endless), "short"],
    [
      "endless VLAN tags",
      ethernet(
        echo4(),
        Array.from({ length: 9 }, () => 0x8100),
      ),
      "short",
    ],
    ["nothing", Buffer.alloc(0), "short"],
  ])("%s", async (_name, frame, counter) => {
    const { exchanges, summary } = await read([frame]);
    expect(exchanges).toEqual([]);
    expect(summary).toMatchObject({ frames: 1, [counter]: 1, requests: 0, replies: 0 });
  });

  it("takes the first fragment of an echo for the echo", async () => {
    expect((await read([ethernet(echo4({}, { fragment: 0x2000 }))])).exchanges).toHaveLength(1);
  });

  it("counts a frame that the snap length cut before the sequence number, and reads one cut behind it", async () => {
    for (const frame of [ethernet(echo4()), ethernet(echo6()), ethernet(echo4(), [0x8100])]) {
      const header = frame.length - 4;
      const cut = await read([frame.subarray(0, header - 1)], 1, [frame.length]);
      expect(cut.summary).toMatchObject({ short: 1, requests: 0 });
      const kept = await read([frame.subarray(0, header)], 1, [frame.length]);
      expect(kept.summary).toMatchObject({ short: 0, requests: 1 });
    }
  });

  it("looks at one id alone when asked", async () => {
    const frames = [ethernet(echo4({ id: 7 })), ethernet(echo4({ id: 8 })), ethernet(echo6({ id: 8, reply: true }))];
    const bytes = pcap(frames.map((frame, at) => ({ at: BigInt(at), frame })));
    const { exchanges, summary } = await readCapture(inChunks(bytes), { id: 7 });
    expect(exchanges).toMatchObject([{ id: 7 }]);
    expect(summary.otherIds).toBe(2);
  });
});
