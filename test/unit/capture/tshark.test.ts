import { globSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCapture } from "../../../measure/capture/exchanges.ts";
import { cooked1, cooked2, echo4, echo6, ethernet, hex, pcap } from "../../support/frames.ts";
import { PcapngBuilder, pcapng } from "../../support/pcapng.ts";
import { pairEchoes, tsharkEchoes } from "../../support/tshark.ts";

const runs = join(import.meta.dirname, "../../data/runs");
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "capture-tshark-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Ours and tshark's view of a file, exchange by exchange. */
async function compare(file: string) {
  const { exchanges, summary } = await readCapture(file);
  const theirs = pairEchoes(await tsharkEchoes(file));
  const ours = exchanges.map(({ id, seq, requestNs, replyNs, duplicates }) => ({
    id,
    seq,
    requestNs,
    replyNs,
    duplicates,
  }));
  expect(ours).toEqual(theirs);
  return { exchanges, summary };
}

describe("the captures of real runs, as tshark reads them", () => {
  it.each(globSync(join(runs, "*/*.pcap")).map((file) => [relative(runs, file), file]))("%s", async (name, file) => {
    const { exchanges } = await compare(file);
    expect(exchanges).toHaveLength(name.startsWith("pci-passthrough") ? 0 : 100);
  });
});

describe("made captures, as tshark reads them", () => {
  const at = (index: number) => 1_795_456_975_933_261_305n + BigInt(index) * 1_234_567n;
  /** Exchanges with everything that may stand around an echo; every fifth has no reply, every seventh two. */
  const packets = Array.from({ length: 40 }, (_, index) => {
    const echo = { id: 1000 + (index % 3), seq: index, data: Buffer.alloc(index, index), datagram: index };
    const options = index % 4 === 1 ? { options: hex("0101 0101".repeat(1 + (index % 10))) } : {};
    const chain = index % 4 === 3 ? [{ type: 60, bytes: hex("00 00 0104 0000 0000") }] : [];
    const make = (reply: boolean) =>
      index % 2 ? echo4({ ...echo, reply }, options) : echo6({ ...echo, reply }, chain);
    return [make(false), ...(index % 5 ? [make(true)] : []), ...(index % 7 ? [] : [make(true)])];
  }).flat();
  const framed = (wrap: (packet: Buffer) => Buffer) =>
    packets.map((packet, index) => ({ at: at(index), frame: wrap(packet) }));
  const tags = (packet: Buffer) => ethernet(packet, [[], [0x8100], [0x88a8, 0x8100]][packet.length % 3]);

  it.each([
    ["nanoseconds", pcap(framed(tags))],
    ["microseconds, big-endian", pcap(framed(tags), { nanos: false, big: true })],
    ["Linux cooked v1", pcap(framed(cooked1), { link: 113 })],
    ["Linux cooked v2", pcap(framed(cooked2), { link: 276 })],
    [
      "raw IP",
      pcap(
        framed((packet) => packet),
        { link: 101 },
      ),
    ],
    [
      "a snap length of 60",
      pcap(framed(tags).map(({ at, frame }) => ({ at, frame: frame.subarray(0, 60), length: frame.length }))),
    ],
    ["pcapng", pcapng(framed(tags))],
    ["pcapng, big-endian", pcapng(framed(tags), true)],
  ])("%s", async (_name, bytes) => {
    const file = join(folder, "made.pcap");
    await writeFile(file, bytes);
    const { exchanges } = await compare(file);
    expect(exchanges.length).toBeGreaterThan(10);
  });

  it("several interfaces with resolutions of their own", async () => {
    const builder = new PcapngBuilder()
      .interface({ resolution: 9 })
      .interface({ resolution: 6, link: 276 })
      .interface({ resolution: 0x80 | 20, offset: 3600n })
      .interface({ resolution: 3 });
    for (const [index, packet] of packets.entries()) {
      const stamp = at(index);
      if (index % 4 === 0) builder.packet(stamp, ethernet(packet), 0);
      if (index % 4 === 1) builder.packet(stamp / 1000n, cooked2(packet), 1);
      if (index % 4 === 2) builder.packet(((stamp - 3_600_000_000_000n) << 20n) / 1_000_000_000n, ethernet(packet), 2);
      if (index % 4 === 3) builder.oldPacket(stamp / 1_000_000n, ethernet(packet), 3);
    }
    const file = join(folder, "interfaces.pcapng");
    await writeFile(file, builder.bytes());
    const { exchanges, summary } = await compare(file);
    expect(exchanges.length).toBeGreaterThan(20);
    expect(summary.problems).toEqual([]);
  });
});
