import { describe, expect, it } from "vitest";
import { readCapture } from "../../../measure/capture/exchanges.ts";
import { TimeResolution } from "../../../measure/capture/time-resolution.ts";
import { cooked2, echo4, echo6, ethernet, inChunks } from "../../support/frames.ts";
import { PcapngBuilder } from "../../support/pcapng.ts";

const request = ethernet(echo4());
const reply = ethernet(echo4({ reply: true }));
const seconds = 1_795_456_975n;

describe("time resolutions", () => {
  const stamped = async (resolution: number | undefined, stamp: bigint, offset?: bigint) => {
    const form = { ...(resolution === undefined ? {} : { resolution }), ...(offset === undefined ? {} : { offset }) };
    const { exchanges } = await readCapture(
      inChunks(new PcapngBuilder().interface(form).packet(stamp, request).bytes()),
    );
    return exchanges[0]?.requestNs;
  };

  it("takes microseconds where nothing is said", async () => {
    expect(await stamped(undefined, seconds * 1_000_000n + 123_456n)).toBe(seconds * 1_000_000_000n + 123_456_000n);
  });

  it.each([0, 1, 2, 3, 6, 7, 9, 10, 12])("reads 10^-%i s", async (power) => {
    const units = 10n ** BigInt(power);
    const stamp = seconds * units + units / 3n;
    expect(await stamped(power, BigInt.asUintN(64, stamp))).toBe((BigInt.asUintN(64, stamp) * 1_000_000_000n) / units);
  });

  it.each([0, 1, 10, 20, 30, 32])("reads 2^-%i s", async (power) => {
    const stamp = (seconds << BigInt(power)) + ((1n << BigInt(power)) * 2n) / 3n;
    expect(await stamped(0x80 | power, stamp)).toBe((stamp * 1_000_000_000n) >> BigInt(power));
  });

  it("adds if_tsoffset, also a negative one", async () => {
    expect(await stamped(9, 5n, seconds)).toBe(seconds * 1_000_000_000n + 5n);
    expect(await stamped(9, 5n, -2n)).toBe(-1_999_999_995n);
  });

  it("is exact to the nanosecond over all 64 bits", () => {
    for (const power of [3, 4, 6, 8, 9]) {
      const time = new TimeResolution(power);
      const units = 10n ** BigInt(power);
      for (let stamp = 1n; stamp < 1n << 64n; stamp = stamp * 3n + 1n) {
        for (const near of [stamp, stamp - (stamp % units), stamp - (stamp % units) + units - 1n]) {
          const whole = BigInt.asUintN(64, near);
          if (whole / units > 2n ** 53n) continue;
          time.convert(Number(whole >> 32n), Number(whole & 0xffff_ffffn));
          expect([BigInt(time.seconds), BigInt(time.nanos)]).toEqual([
            whole / units,
            ((whole % units) * 1_000_000_000n) / units,
          ]);
        }
      }
    }
  });
});

describe("blocks", () => {
  it("keeps interfaces apart, in every section anew", async () => {
    const bytes = new PcapngBuilder()
      .interface({ resolution: 9 })
      .interface({ link: 276, resolution: 6 })
      .packet(seconds * 1_000_000_000n + 1n, request, 0)
      .packet(seconds * 1_000_000n + 2n, cooked2(echo4({ reply: true })), 1)
      .section()
      .interface({ resolution: 3 })
      .oldPacket(seconds * 1000n + 3n, ethernet(echo6({ seq: 9 })), 0)
      .bytes();
    const { exchanges, summary } = await readCapture(inChunks(bytes));
    expect(exchanges).toMatchObject([
      { seq: 1, family: 4, requestNs: seconds * 1_000_000_000n + 1n, replyNs: seconds * 1_000_000_000n + 2_000n },
      { seq: 9, family: 6, requestNs: seconds * 1_000_000_000n + 3_000_000n, replyNs: null },
    ]);
    expect(summary).toMatchObject({ format: "pcapng", frames: 3, problems: [] });
  });

  it("passes over other blocks, and counts packets without a time", async () => {
    const bytes = new PcapngBuilder()
      .interface({ resolution: 9 })
      .block(4, Buffer.alloc(8))
      .block(0x0bad, Buffer.alloc(400_000))
      .simplePacket(reply)
      .packet(1n, request)
      .bytes();
    const { exchanges, summary } = await readCapture(inChunks(bytes, 65_536));
    expect(exchanges).toHaveLength(1);
    expect(summary).toMatchObject({ frames: 2, unread: 1, replies: 0 });
  });

  it("reads what it can beside an interface of another link type", async () => {
    const bytes = new PcapngBuilder()
      .interface({ link: 127 })
      .interface({ resolution: 9 })
      .packet(1n, request, 0)
      .packet(1n, request, 1)
      .drops(3n)
      .bytes();
    const { exchanges, summary } = await readCapture(inChunks(bytes));
    expect(exchanges).toHaveLength(1);
    expect(summary.unread).toBe(1);
    expect(summary.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("interface 0: link type 127 is not read"),
      "interface 0 dropped 3 packets",
    ]);
  });
});

describe("damage", () => {
  const whole = () => new PcapngBuilder().interface({ resolution: 9 }).packet(1n, request).bytes();
  const packetAt = () => whole().length - 32 - 48;

  it.each([
    [
      "another length at the end of a block",
      (bytes: Buffer) => bytes.writeUInt32LE(76, bytes.length - 4),
      "two lengths differ",
    ],
    [
      "a length that is no multiple of 4",
      (bytes: Buffer) => bytes.writeUInt32LE(79, packetAt() + 4),
      "a block of 79 bytes",
    ],
    [
      "a length that cannot be",
      (bytes: Buffer) => bytes.writeUInt32LE(0xffff_fffc, packetAt() + 4),
      "a block of 4294967292 bytes",
    ],
    ["more captured than there is", (bytes: Buffer) => bytes.writeUInt32LE(49, packetAt() + 20), "49 captured bytes"],
    [
      "an interface that was not described",
      (bytes: Buffer) => bytes.writeUInt32LE(1, packetAt() + 8),
      "a packet of interface 1, of which the file has 1",
    ],
    ["another byte-order magic", (bytes: Buffer) => bytes.writeUInt32LE(0x11223344, 8), "byte-order magic"],
    ["another version", (bytes: Buffer) => bytes.writeUInt16LE(2, 12), "pcapng version 2.0"],
    [
      "an option longer than its block",
      (bytes: Buffer) => bytes.writeUInt16LE(900, 28 + 16 + 2),
      "an option of 900 bytes",
    ],
  ])("refuses %s", async (_name, spoil, message) => {
    const bytes = whole();
    spoil(bytes);
    await expect(readCapture(inChunks(bytes))).rejects.toMatchObject({
      name: "FormatError",
      message: expect.stringContaining(message),
    });
  });
});
