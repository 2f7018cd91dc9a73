import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { captureCommand, streamCapture } from "../../../measure/capture/command.ts";
import { readCapture } from "../../../measure/capture/exchanges.ts";
import { describeProblems } from "../../../measure/capture/summary.ts";
import { echo4, echo6, ethernet, hex, inChunks, pcap } from "../../support/frames.ts";
import { PcapngBuilder } from "../../support/pcapng.ts";

const captureOf = (frames: Uint8Array[], link = 1) =>
  pcap(
    frames.map((frame, at) => ({ at: BigInt(at + 1) * 1000n, frame })),
    { link },
  );
const read = (frames: Uint8Array[], link = 1) => readCapture(inChunks(captureOf(frames, link)));
/** An IP packet behind addresses and a length, as IEEE 802.3 has it. */
const lengthFrame = (payload: Uint8Array, tags: number[] = []) =>
  Buffer.concat([ethernet(payload, tags, payload.length), Buffer.alloc(4)]);
const snap = (packet: Uint8Array, organisation = "000000") =>
  Buffer.concat([hex(`aaaa03 ${organisation}`), hex((packet[0] as number) >> 4 === 6 ? "86dd" : "0800"), packet]);

/** The IPv4 packet with an authentication header around its payload. */
function authenticated(packet: Buffer): Buffer {
  const header = Buffer.from(packet.subarray(0, 20));
  const ah = hex("01 04 0000 00000001 00000001 000000000000000000000000");
  header.writeUInt8(51, 9);
  header.writeUInt16BE(packet.length + ah.length, 2);
  return Buffer.concat([header, ah, packet.subarray(20)]);
}

/** An IPv6 packet with its length in a jumbo payload option, as one of more than 65,535 bytes has it. */
function jumbogram(reply: boolean): Buffer {
  const data = Buffer.alloc(70_000, 7);
  const packet = echo6({ reply, data: Buffer.alloc(8) }, [{ type: 0, bytes: hex("00 00 c204 00000000") }]);
  const jumbo = Buffer.concat([packet, data.subarray(0, data.length)]);
  jumbo.writeUInt16BE(0, 4);
  jumbo.writeUInt32BE(jumbo.length - 40, 44);
  return jumbo;
}

describe("an echo is found", () => {
  it.each<[string, (packet: Buffer) => Buffer]>([
    ["in a frame of IEEE 802.3 with a SNAP header", (packet) => lengthFrame(snap(packet))],
    ["the same behind a VLAN tag", (packet) => lengthFrame(snap(packet), [0x8100])],
    ["the same by IEEE 802.1H", (packet) => lengthFrame(snap(packet, "0000f8"))],
  ])("%s", async (_name, wrap) => {
    for (const make of [echo4, echo6]) {
      const { exchanges, summary } = await read([wrap(make()), wrap(make({ reply: true }))]);
      expect(exchanges).toMatchObject([{ id: 7, seq: 1, rttNs: 1000 }]);
      expect(summary).toMatchObject({ frames: 2, requests: 1, replies: 1, other: 0 });
    }
  });

  it.each<[string, number, (packet: Buffer) => Buffer]>([
    ["BSD loopback", 0, (packet) => Buffer.concat([hex("02000000"), packet])],
    ["OpenBSD loopback", 108, (packet) => Buffer.concat([hex("00000002"), packet])],
    [
      "IEEE 802.2 in Linux cooked v1",
      113,
      (packet) => Buffer.concat([hex("0000 0001 0006 525400200100 0000 0004"), snap(packet)]),
    ],
  ])("%s", async (_name, link, wrap) => {
    const { exchanges } = await read([wrap(echo4()), wrap(echo4({ reply: true }))], link);
    expect(exchanges).toMatchObject([{ rttNs: 1000 }]);
  });

  it("behind an authentication header of IPv4", async () => {
    const frames = [false, true].map((reply) => ethernet(authenticated(echo4({ reply }))));
    expect((await read(frames)).exchanges).toMatchObject([{ family: 4, rttNs: 1000 }]);
    const cut = await read([ethernet(authenticated(echo4())).subarray(0, 14 + 20 + 6)]);
    expect(cut.summary).toMatchObject({ short: 1 });
  });

  it("in an IPv6 jumbogram", async () => {
    const frames = [false, true].map((reply) => ethernet(jumbogram(reply)));
    expect((await read(frames)).exchanges).toMatchObject([{ family: 6, rttNs: 1000 }]);
    const cut = await read(frames.map((frame) => frame.subarray(0, 96)));
    expect(cut.exchanges).toMatchObject([{ family: 6, rttNs: 1000 }]);
  });

  it.each([false, true])("in pcap's modified format (big-endian: %s)", async (big) => {
    const plain = pcap(
      [false, true].map((reply, at) => ({ at: BigInt(at) * 1000n, frame: ethernet(echo4({ reply })) })),
      { nanos: false, big },
    );
    const frameBytes = ethernet(echo4()).length;
    const records = [24, 24 + 16 + frameBytes].map((at) =>
      Buffer.concat([
        plain.subarray(at, at + 16),
        hex("00000002 0800 00 00"),
        plain.subarray(at + 16, at + 16 + frameBytes),
      ]),
    );
    const magic = hex(big ? "a1b2cd34" : "34cdb2a1");
    const modified = Buffer.concat([magic, plain.subarray(4, 24), ...records]);
    for (const size of [1, 50, modified.length]) {
      const { exchanges, summary } = await readCapture(inChunks(modified, size));
      expect(exchanges).toMatchObject([{ rttNs: 1000 }]);
      expect(summary.problems).toEqual([]);
    }
    const cut = await readCapture(inChunks(modified.subarray(0, modified.length - 1)));
    expect(cut.summary.problems).toMatchObject([{ message: expect.stringContaining("45 of 46 bytes") }]);
  });
});

describe("what is not looked into is counted by its kind", () => {
  const withProtocol = (number: number, payload = hex("0000 0000")) => {
    const packet = Buffer.concat([echo4().subarray(0, 20), payload, Buffer.alloc(20)]);
    packet.writeUInt8(number, 9);
    return ethernet(packet);
  };
  const six = (next: number) => {
    const packet = Buffer.from(echo6());
    packet.writeUInt8(next, 6);
    return ethernet(packet);
  };

  it.each<[string, Uint8Array, boolean]>([
    ["GRE", withProtocol(47), true],
    ["GRE", six(47), true],
    ["IPv4 in IP", withProtocol(4), true],
    ["IPv6 in IP", withProtocol(41), true],
    ["ESP", withProtocol(50), true],
    ["VXLAN (UDP port 4789)", withProtocol(17, hex("c000 12b5")), true],
    ["Geneve (UDP port 6081)", withProtocol(17, hex("c000 17c1")), true],
    ["MPLS", ethernet(echo4(), [], 0x8847), true],
    ["PPPoE", ethernet(echo4(), [], 0x8864), true],
    ["TCP", withProtocol(6), false],
    ["UDP", withProtocol(17, hex("c000 0035")), false],
    ["IP protocol 254", withProtocol(254), false],
    ["EtherType 0x1234", ethernet(echo4(), [], 0x1234), false],
    ["spanning tree", lengthFrame(hex("424203 0000")), false],
    ["SNAP of another organisation", lengthFrame(hex("aaaa03 00000c 2000 0000")), false],
  ])("%s", async (kind, frame, isTunnel) => {
    const { summary } = await read([frame, frame]);
    expect(summary).toMatchObject({ frames: 2, other: 2, otherKinds: { [kind]: 2 } });
    expect(describeProblems(summary)).toEqual(
      isTunnel ? [`2 frames of tunnels that were not looked into: ${kind} 2`] : [],
    );
  });

  it("and shown in the table", async () => {
    let table = "";
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        table += chunk;
        done();
      },
    });
    const folder = await mkdtemp(join(tmpdir(), "capture-kinds-"));
    await writeFile(join(folder, "a.pcap"), captureOf([withProtocol(47)]));
    await captureCommand(join(folder, "a.pcap"), {}, { stdout, stderr: stdout });
    await rm(folder, { recursive: true });
    expect(table).toMatch(/^ {2}GRE +1$/m);
    expect(table).toContain("1 frames of tunnels that were not looked into: GRE 1");
  });
});

it("an RTT beyond a double's digits is printed exactly", async () => {
  const [request, reply] = [5_000_000_001n, 1_700_000_000_123_456_789n];
  const builder = new PcapngBuilder().interface({ resolution: 9 });
  builder.packet(request, ethernet(echo4())).packet(reply, ethernet(echo4({ reply: true })));
  let text = "";
  const write = async (lines: Uint8Array) => {
    text += Buffer.from(lines).toString();
    return true;
  };
  await streamCapture(builder.bytes(), write, () => {});
  expect(text).toContain(`"rttNs":${reply - request},`);
});
