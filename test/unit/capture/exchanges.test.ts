import { describe, expect, it } from "vitest";
import type { EchoExchange } from "../../../measure/capture/exchange.ts";
import { largest } from "../../../measure/capture/exchange-table.ts";
import { readCapture, readEchoBatches, readEchoExchanges } from "../../../measure/capture/exchanges.ts";
import { emptySummary } from "../../../measure/capture/summary.ts";
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

/** Reads frames that come a microsecond apart, unless a time in microseconds is given. */
async function read(frames: (Echo & { at?: number; six?: boolean })[]) {
  const records = frames.map((echo, index) => ({
    at: BigInt(echo.at ?? index) * 1000n,
    frame: ethernet(echo.six ? echo6(echo) : echo4(echo)),
  }));
  const { exchanges, summary } = await readCapture(inChunks(pcap(records)));
  return { exchanges: exchanges.map(brief), summary };
}

const brief = ({ id, seq, requestNs, replyNs, duplicates, requestCopies }: EchoExchange) => ({
  id,
  seq,
  request: Number(requestNs / 1000n),
  reply: replyNs === null ? null : Number(replyNs / 1000n),
  duplicates,
  requestCopies,
});
const exchange = (id: number, seq: number, request: number, reply: number | null, more: object = {}) => ({
  id,
  seq,
  request,
  reply,
  duplicates: 0,
  requestCopies: 0,
  ...more,
});
/** Data of the size and place of ping's stamp, so that requests differ as those of a real ping do. */
const data = (run: number) => Buffer.concat([hex("cf7f046b 00000000"), Buffer.from([run, 0, 0, 0, 0, 0, 0, 0])]);

describe("one exchange", () => {
  it("is one line for each request in their order, answered or not", async () => {
    const { exchanges } = await read([
      { seq: 1 },
      { seq: 2 },
      { seq: 3 },
      { seq: 3, reply: true },
      { seq: 1, reply: true },
    ]);
    expect(exchanges).toEqual([exchange(7, 1, 0, 4), exchange(7, 2, 1, null), exchange(7, 3, 2, 3)]);
  });

  it("takes the first stamps where a NIC echoes what it sends", async () => {
    const sender = await read([{}, {}, { reply: true }]);
    expect(sender.exchanges).toEqual([exchange(7, 1, 0, 2, { requestCopies: 1 })]);
    const responder = await read([{}, { reply: true }, { reply: true }]);
    expect(responder.exchanges).toEqual([exchange(7, 1, 0, 1, { duplicates: 1 })]);
    expect(responder.summary).toMatchObject({ frames: 3, requests: 1, replies: 2 });
  });

  it("takes a copy of the request that comes after the reply for a copy, where the IP id shows that it is one", async () => {
    const { exchanges } = await read([{}, { reply: true }, {}]);
    expect(exchanges).toEqual([exchange(7, 1, 0, 1, { requestCopies: 1 })]);
    for (const other of [
      [{ datagram: 5 }, { datagram: 6 }],
      [{ datagram: 0 }, { datagram: 0 }],
      [{ six: true }, { six: true }],
    ]) {
      const again = await read([{ ...other[0] }, { ...other[0], reply: true }, { ...other[1] }]);
      expect(again.exchanges).toEqual([exchange(7, 1, 0, 1), exchange(7, 1, 2, null)]);
    }
  });

  it("keeps the sign of a reply that is stamped before its request", async () => {
    const { exchanges } = await readCapture(
      inChunks(
        pcap([
          { at: 5_000_000_000n, frame: ethernet(echo4()) },
          { at: 3_999_999_999n, frame: ethernet(echo4({ reply: true })) },
        ]),
      ),
    );
    expect(exchanges[0]?.rttNs).toBe(-1_000_000_001);
  });

  it("does not make a request of a reply", async () => {
    const { exchanges, summary } = await read([{ seq: 1, reply: true }, { seq: 1 }, { seq: 2, reply: true }]);
    expect(exchanges).toEqual([exchange(7, 1, 1, null)]);
    expect(summary.unmatchedReplies).toBe(2);
  });
});

describe("several pings in one file", () => {
  it("keeps ids and families apart", async () => {
    const { exchanges } = await read([
      { id: 1 },
      { id: 2 },
      { id: 2, six: true },
      { id: 2, reply: true, six: true },
      { id: 2, reply: true },
      { id: 1, reply: true },
    ]);
    expect(exchanges).toEqual([exchange(1, 1, 0, 5), exchange(2, 1, 1, 4), exchange(2, 1, 2, 3)]);
  });

  it("keeps pings of one id between other hosts apart, also in opposite directions", async () => {
    const [a, b, c] = ["10.9.0.101", "10.9.0.201", "10.9.0.202"];
    const { exchanges, summary } = await read([
      { source: a, target: b },
      { source: b, target: a },
      { source: a, target: c },
      { source: a, target: c, reply: true },
      { source: b, target: a, reply: true },
      { source: a, target: b, reply: true },
      { source: c, target: b, reply: true },
    ]);
    expect(exchanges.map(({ request, reply }) => [request, reply])).toEqual([
      [0, 5],
      [1, 4],
      [2, 3],
    ]);
    expect(summary.unmatchedReplies).toBe(1);
  });

  it("takes replies from other addresses to a request that went to many", async () => {
    const { exchanges } = await read([
      { target: "10.9.0.255" },
      { target: "10.9.0.201", reply: true },
      { target: "10.9.0.202", reply: true },
    ]);
    expect(exchanges).toEqual([exchange(7, 1, 0, 1, { duplicates: 1 })]);
  });

  it("tells a second run of the same id from copies", async () => {
    const run = (number: number, at: number) =>
      [1, 2].flatMap((seq) => [
        { seq, data: data(number), at: at + 10 * seq },
        { seq, data: data(number), at: at + 10 * seq + 1, reply: true },
      ]);
    const { exchanges } = await read([...run(1, 0), ...run(2, 1000)]);
    expect(exchanges).toEqual([
      exchange(7, 1, 10, 11),
      exchange(7, 2, 20, 21),
      exchange(7, 1, 1010, 1011),
      exchange(7, 2, 1020, 1021),
    ]);
  });

  it("tells a later run with the same data by its time", async () => {
    const { exchanges } = await read([
      { at: 0 },
      { at: 1, reply: true },
      { at: 3_000_000 },
      { at: 3_000_001, reply: true },
    ]);
    expect(exchanges).toEqual([exchange(7, 1, 0, 1), exchange(7, 1, 3_000_000, 3_000_001)]);
  });
});

describe("sequence numbers that come round again", () => {
  it.each([
    ["with ping's stamps", (index: number) => index >> 16],
    ["with the same data always", () => 0],
  ])("open new exchanges, %s", async (_name, mark) => {
    const [count, lag] = [140_000, 3];
    function* echoes(): Generator<ManyEcho> {
      for (let index = 1; index <= count + lag; index++) {
        if (index <= count) yield { seq: index & 0xffff, mark: mark(index), at: index };
        const late = index - lag;
        if (late >= 1) yield { seq: late & 0xffff, mark: mark(late), at: index, reply: true };
      }
    }
    const { exchanges, summary } = await readCapture(manyEchoes(echoes()));
    expect(summary).toMatchObject({ requests: count, replies: count, requestCopies: 0, unmatchedReplies: 0 });
    const wrong = exchanges.filter(
      ({ seq, requestNs, rttNs, duplicates }, at) =>
        seq !== ((at + 1) & 0xffff) || requestNs !== BigInt(at + 1) || rttNs !== lag || duplicates !== 0,
    );
    expect(wrong).toEqual([]);
  });

  it("give a late reply to the request whose checksum it fits", async () => {
    const { exchanges } = await read([
      { seq: 5, data: data(1) },
      { seq: 5, data: data(2) },
      { seq: 5, data: data(1), reply: true },
      { seq: 5, data: data(2), reply: true },
    ]);
    expect(exchanges).toEqual([exchange(7, 5, 0, 2), exchange(7, 5, 1, 3)]);
  });
});

describe("memory", () => {
  it("holds so many exchanges and no more, the oldest going out first", async () => {
    const extra = 1000;
    const kept = extra + largest / 4;
    const at = largest + extra;
    const echo = (index: number) => ({ id: index >> 16, seq: index & 0xffff });
    function* echoes(): Generator<ManyEcho> {
      for (let index = 0; index < largest + extra; index++) yield { ...echo(index), at: index };
      for (const index of [0, kept]) yield { ...echo(index), at, reply: true };
    }
    const summary = emptySummary();
    let next = 0;
    const answered: number[] = [];
    let beforeTheEnd = 0;
    for await (const batch of readEchoBatches(manyEchoes(echoes()), { summary })) {
      if (summary.frames <= largest + extra) beforeTheEnd += batch.length;
      for (const { requestNs, replyNs } of batch) {
        if (requestNs !== BigInt(next++)) throw new Error(`exchange ${requestNs} out of order`);
        if (replyNs !== null) answered.push(Number(requestNs));
      }
    }
    expect(next).toBe(largest + extra);
    expect(beforeTheEnd).toBe(largest / 4);
    expect(answered).toEqual([kept]);
    expect(summary.unmatchedReplies).toBe(1);
  });

  it("stops reading when its reader stops", async () => {
    let closed = false;
    function* endless(): Generator<ManyEcho> {
      try {
        for (let index = 0; ; index++) yield { id: (index >> 16) & 0xffff, seq: index & 0xffff, at: index };
      } finally {
        closed = true;
      }
    }
    for await (const { requestNs } of readEchoExchanges(manyEchoes(endless()))) if (requestNs === 10n) break;
    expect(closed).toBe(true);
  });
});
