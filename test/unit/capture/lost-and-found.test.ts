import { describe, expect, it } from "vitest";
import { readCapture } from "../../../measure/capture/exchanges.ts";
import {
  type Echo,
  echo4,
  echo6,
  ethernet,
  hex,
  inChunks,
  type ManyEcho,
  manyEchoes,
  pcap,
} from "../../support/frames.ts";
import { PcapngBuilder } from "../../support/pcapng.ts";

const second = 1_000_000;
interface Sent extends Echo {
  /** Microseconds. */
  at: number;
  six?: boolean;
  tags?: number[];
}

async function read(frames: Sent[]) {
  const records = [...frames]
    .sort((a, b) => a.at - b.at)
    .map(({ at, six, tags, ...echo }) => ({
      at: 1_700_000_000_000_000_000n + BigInt(at) * 1000n,
      frame: ethernet(six ? echo6(echo) : echo4(echo), tags),
    }));
  const { exchanges, summary } = await readCapture(inChunks(pcap(records, { nanos: false })));
  return { rttMs: exchanges.map(({ rttNs }) => (rttNs === null ? null : rttNs / 1e6)), exchanges, summary };
}
const versions: [string, Partial<Sent>][] = [
  ["IPv4", {}],
  ["IPv4 without IP ids", { datagram: 0 }],
  ["IPv6", { six: true }],
  ["IPv4 in QinQ", { tags: [0x88a8, 0x8100] }],
];

describe("a sweep of many hosts with one id and sequence number", () => {
  const hosts = 512;
  const host = (index: number, six: boolean) =>
    six ? `fd00000000000000000000000020${index.toString(16).padStart(4, "0")}` : `10.20.${index >> 8}.${index & 255}`;

  it.each([
    ["IPv4", false],
    ["IPv6", true],
  ])("is matched host by host, however many are under way: %s", async (_name, six) => {
    const frames = Array.from({ length: hosts }, (_, index) => {
      const echo = { id: 0, seq: 0, data: Buffer.alloc(0), target: host(index, six), six };
      return [
        { ...echo, at: index * 1000 },
        { ...echo, at: index * 1000 + 300_500, reply: true },
      ];
    }).flat();
    const { rttMs, summary } = await read(frames);
    expect(rttMs).toEqual(Array(hosts).fill(300.5));
    expect(summary).toMatchObject({ requests: hosts, replies: hosts, requestCopies: 0, unmatchedReplies: 0 });
  });

  it("is matched by the data, where many go to one host", async () => {
    const count = 3000;
    function* echoes(): Generator<ManyEcho> {
      for (let tick = 0; tick < 2 * count; tick++) {
        if (tick < count) yield { seq: 0, mark: tick, at: tick * 1000 };
        if (tick >= count) yield { seq: 0, mark: tick - count, at: tick * 1000, reply: true };
      }
    }
    const { exchanges, summary } = await readCapture(manyEchoes(echoes()));
    expect(exchanges).toHaveLength(count);
    expect(new Set(exchanges.map(({ rttNs }) => rttNs))).toEqual(new Set([count * 1000]));
    expect(summary).toMatchObject({ requests: count, replies: count, unmatchedReplies: 0 });
  });
});

describe("a request that is sent again", () => {
  it.each(versions)("is no copy of the first: %s", async (_name, more) => {
    const frames = [0, 1, 2].map((at) => ({ datagram: at + 10, ...more, at: at * second }));
    const { rttMs, summary } = await read([...frames, { ...more, at: 2 * second + 4000, reply: true }]);
    expect(rttMs).toEqual([null, null, 4]);
    expect(summary).toMatchObject({ requests: 3, requestCopies: 0, requestsAgain: 2 });
  });

  it.each(versions)("is an exchange of its own when it is answered too: %s", async (_name, more) => {
    for (const later of [100, 500, 1500].map((ms) => ms * 1000)) {
      const { rttMs, summary } = await read([
        { ...more, at: 0 },
        { ...more, at: 1000, reply: true },
        { ...more, at: later },
        { ...more, at: later + 3000, reply: true },
      ]);
      expect(rttMs).toEqual([1, 3]);
      expect(summary).toMatchObject({ requests: 2, replies: 2, requestCopies: 0 });
    }
  });

  it("soon, with another IP id, is no copy", async () => {
    const { rttMs } = await read([
      { at: 0, datagram: 5 },
      { at: 2, datagram: 6 },
      { at: 10, reply: true },
    ]);
    expect(rttMs).toEqual([null, 0.008]);
  });

  it.each(versions)("soon, by a NIC that echoes or on a second interface, is a copy: %s", async (_name, more) => {
    const { rttMs, summary } = await read([
      { ...more, at: 0 },
      { ...more, at: 21_000 },
      { ...more, at: 30_000, reply: true },
      { ...more, at: 35_000, reply: true },
    ]);
    expect(rttMs).toEqual([30]);
    expect(summary).toMatchObject({ requests: 1, requestCopies: 1, replies: 2 });
  });

  it("counts the copies of a copy", async () => {
    const { exchanges, summary } = await read([{ at: 0 }, { at: 10, reply: true }, { at: 20 }, { at: 30 }]);
    expect(exchanges).toMatchObject([{ requestCopies: 2, duplicates: 0 }]);
    expect(summary).toMatchObject({ requests: 1, requestCopies: 2 });
  });
});

describe("a reply from another host", () => {
  const [a, b, c] = ["10.9.0.1", "10.9.0.2", "10.9.0.3"];
  it("answers no request to one host", async () => {
    const { rttMs, summary } = await read([
      { at: 0, source: a, target: b },
      { at: 500, source: a, target: c, reply: true },
      { at: 1000, source: a, target: b, reply: true },
    ]);
    expect(rttMs).toEqual([1]);
    expect(summary).toMatchObject({ replies: 1, unmatchedReplies: 1 });
    const six = await read([
      { at: 0, six: true },
      { at: 500, six: true, reply: true, target: "fd000000000000000000000000000299" },
    ]);
    expect(six.rttMs).toEqual([null]);
  });

  it.each([
    ["IPv4 multicast", { target: "224.0.0.1" }, ["10.9.0.2", "192.0.2.7"]],
    ["the local broadcast", { target: "255.255.255.255" }, ["10.9.0.2", "10.9.0.3"]],
    ["a subnet's broadcast", { target: "10.9.255.255" }, ["10.9.0.2", "10.9.7.3"]],
    [
      "IPv6 multicast, whose address is in the checksum",
      { six: true, target: "ff020000000000000000000000000001" },
      ["fe800000000000000000000000000002", "fe80000000000000123456789abcdef0"],
    ],
  ])("answers one to a group: %s", async (_name, request, hosts) => {
    const { exchanges, summary } = await read([
      { at: 0, ...request },
      ...hosts.map((target, index) => ({ at: 1000 + index, ...request, target, reply: true })),
    ]);
    expect(exchanges).toMatchObject([{ rttNs: 1_000_000, duplicates: 1 }]);
    expect(summary.unmatchedReplies).toBe(0);
  });

  it("answers no broadcast of another subnet", async () => {
    const { rttMs } = await read([
      { at: 0, target: "10.9.0.255" },
      { at: 9, target: "10.8.0.3", reply: true },
    ]);
    expect(rttMs).toEqual([null]);
  });
});

it("a reply with other data is no answer: it may be that of an earlier ping", async () => {
  const { rttMs, summary } = await read([
    { at: 0, data: hex("01") },
    { at: 500, data: hex("02"), reply: true },
    { at: 900, data: hex("01"), reply: true },
  ]);
  expect(rttMs).toEqual([0.9]);
  expect(summary.unmatchedReplies).toBe(1);
});

describe("ping's stamp", () => {
  it("is not looked for in the padding of a frame", async () => {
    for (const make of [echo4, echo6]) {
      const short = ethernet(make({ data: hex("00010203") }));
      const padded = Buffer.concat([short, hex("cf7f046b 00000000 76080900 00000000")]);
      const { exchanges } = await readCapture(inChunks(pcap([{ at: 1n, frame: padded }])));
      expect(exchanges).toMatchObject([{ sentUs: null }]);
    }
  });

  it("is not seen in data of zeros", async () => {
    expect((await read([{ at: 0, data: Buffer.alloc(24) }])).exchanges).toMatchObject([{ sentUs: null }]);
  });
});

it("a stamp that no number holds is no time", async () => {
  const builder = new PcapngBuilder().interface({ resolution: 0 });
  builder.packet(0xffff_ffff_ffff_fff1n, ethernet(echo4()));
  const { exchanges, summary } = await readCapture(builder.bytes());
  expect(exchanges).toEqual([]);
  expect(summary).toMatchObject({ unread: 1, problems: [{ message: expect.stringContaining("beyond all dates") }] });
});
