import { describe, expect, it } from "vitest";
import { FormatError } from "../../../lib/format-error.ts";
import { readCapture } from "../../../measure/capture/exchanges.ts";
import { arp, echo4, ethernet, hex, inChunks, pcap, type Record } from "../../support/frames.ts";
import { pcapng } from "../../support/pcapng.ts";

const start = 1_795_456_975_933_261_305n;
const records: Record[] = [
  { at: start, frame: ethernet(echo4({ seq: 1 })) },
  { at: start + 1_000n, frame: arp() },
  { at: start + 2_000_000n, frame: ethernet(echo4({ seq: 1, reply: true })) },
  { at: start + 3_000_000_000n, frame: ethernet(echo4({ seq: 2 })) },
];
const expected = [
  { id: 7, seq: 1, requestNs: start, replyNs: start + 2_000_000n, rttNs: 2_000_000, duplicates: 0 },
  { id: 7, seq: 2, requestNs: start + 3_000_000_000n, replyNs: null, rttNs: null, duplicates: 0 },
];
const toMicros = (ns: bigint) => ns - (ns % 1000n);
const failure = async (bytes: Uint8Array): Promise<FormatError> => {
  const error = await readCapture(inChunks(bytes)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FormatError)) throw new Error(`expected a FormatError, got ${error}`);
  return error;
};

describe("forms of a capture", () => {
  it.each([
    ["pcap, nanoseconds, little-endian", pcap(records)],
    ["pcap, nanoseconds, big-endian", pcap(records, { big: true })],
    ["pcapng, little-endian", pcapng(records)],
    ["pcapng, big-endian", pcapng(records, true)],
  ])("reads %s, in chunks of any size", async (_name, bytes) => {
    for (const size of [1, 7, 64, bytes.length]) {
      const { exchanges, summary } = await readCapture(inChunks(bytes, size));
      expect(exchanges).toMatchObject(expected);
      expect(summary).toMatchObject({ frames: 4, requests: 2, replies: 1, arp: 1, bytes: bytes.length, problems: [] });
    }
  });

  it.each([false, true])("reads microseconds (big-endian: %s)", async (big) => {
    const { exchanges } = await readCapture(inChunks(pcap(records, { nanos: false, big })));
    expect(exchanges[0]).toMatchObject({ requestNs: toMicros(start), replyNs: toMicros(start) + 2_000_000n });
  });

  it("carries a fraction of a second and more into the seconds", async () => {
    const bytes = pcap(records);
    bytes.writeUInt32LE(2_500_000_000, 28);
    const { exchanges } = await readCapture(inChunks(bytes));
    expect(exchanges[0]?.requestNs).toBe(1_795_456_977_500_000_000n);
  });

  it("reads an empty capture, which is what a PF sees of a VF's packets", async () => {
    const { exchanges, summary } = await readCapture(inChunks(pcap([])));
    expect(exchanges).toEqual([]);
    expect(summary).toMatchObject({ format: "pcap", frames: 0, problems: [] });
  });
});

describe("a capture that is cut off", () => {
  it.each([
    ["pcap", pcap(records)],
    ["pcapng", pcapng(records)],
  ])("keeps what is whole of a %s, wherever the end is, and says what was cut", async (_name, bytes) => {
    for (let length = 24; length < bytes.length; length++) {
      const { exchanges, summary } = await readCapture(inChunks(bytes.subarray(0, length)));
      expect(exchanges.length).toBeLessThanOrEqual(2);
      for (const [at, { seq }] of exchanges.entries()) expect(seq).toBe(at + 1);
      const [problem] = summary.problems;
      if (!problem) continue;
      expect(problem.message).toMatch(/the file ends inside a (record|block)/);
      expect(problem.offset).toBeLessThan(length);
    }
  });

  it("names bytes and place", async () => {
    const bytes = pcap(records);
    const { exchanges, summary } = await readCapture(inChunks(bytes.subarray(0, bytes.length - 5)));
    expect(exchanges).toHaveLength(1);
    const last = 24 + 3 * 16 + records.slice(0, 3).reduce((sum, { frame }) => sum + frame.length, 0);
    expect(summary.problems).toEqual([
      { offset: last, message: "the file ends inside a record: 41 of 46 bytes; everything before is whole" },
    ]);
  });
});

describe("what is no capture", () => {
  it.each([
    ["nothing", Buffer.alloc(0), "neither pcap nor pcapng: only 0 bytes"],
    [
      "text",
      Buffer.from("a text that is long enough to be looked at"),
      "neither pcap nor pcapng: it starts with 61207465",
    ],
    ["gzip", Buffer.concat([hex("1f8b0800"), Buffer.alloc(40)]), "gzip: unpack it first"],
    ["a cut header", pcap([]).subarray(0, 23), "only 23 bytes"],
    [
      "another version",
      Buffer.concat([hex("d4c3b2a1 0300 0400"), Buffer.alloc(16)]),
      "pcap version 3.4: only 2.4 is read",
    ],
    ["another link type", pcap(records, { link: 105 }), "link type 105 is not read: only Ethernet (1)"],
  ])("refuses %s", async (_name, bytes, message) => {
    expect((await failure(bytes)).message).toContain(message);
  });

  it("stops at damage with its offset, after the exchanges that were whole", async () => {
    const bytes = pcap(records);
    const second = 24 + 16 + (records[0]?.frame.length ?? 0);
    bytes.writeUInt32LE(0x7fff_ffff, second + 8);
    const error = await failure(bytes);
    expect(error).toMatchObject({ offset: second, line: null, exitCode: 1 });
    expect(error.message).toContain("the file is damaged from here on");
  });
});
