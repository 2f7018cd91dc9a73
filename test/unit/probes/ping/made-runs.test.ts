import { describe, expect, it } from "vitest";
import type { EchoExchange } from "../../../../measure/capture/exchange.ts";
import { matchRun } from "../../../../measure/probes/ping/matching/match-run.ts";
import { usableValues } from "../../../../measure/probes/ping/matching/packet-record.ts";
import { missingWords } from "../../../../study/missing.ts";
import { pointNames } from "../../../../study/points.ts";
import { madeRun, noLine, type Passage } from "../../../support/made-run.ts";

describe("a packet's time", () => {
  it("is split over the hops, each by one clock", () => {
    const { packets, flagged } = matchRun(madeRun(3));
    expect(packets[1]?.values).toEqual({
      rtt: 1_000_000,
      senderNicRtt: 700_000,
      overhead: 300_000,
      responseTime: 300_000,
      senderGuest: 150_000,
      senderOut: 100_000,
      wire: 400_000,
      wireOut: null,
      wireBack: null,
      responderIn: 100_000,
      responderGuest: 100_000,
      responderOut: 100_000,
      senderIn: 50_000,
      sendLag: null,
    });
    expect(Object.values(flagged).every((count) => count === 0)).toBe(true);
  });

  it("is split there and back on the wire too where the servers share a clock", () => {
    const shared = {
      sender: { realtimeNs: "1800000000000000000", stepNs: 5_000_000, rate: 1, errorNs: 100 },
      responder: { realtimeNs: "1900000000000000000", stepNs: 5_030_000, rate: 1, errorNs: 100 },
    };
    const { packets, unavailable, flagged } = matchRun({ ...madeRun(3), shared, intervalNs: 2_000_000 });
    expect(unavailable).toEqual({});
    expect(flagged).toMatchObject({ wireOut: 0, wireBack: 0 });
    expect(packets).toHaveLength(3);
    for (const { values } of packets)
      expect(values).toMatchObject({ wire: 400_000, wireOut: 230_000, wireBack: 170_000 });
    const { unavailable: alone } = matchRun(madeRun(3));
    const reason = "the servers have a clock each; those in virtual time share one";
    expect(alone.wireOut).toEqual({ metric: "wireOut", at: null, reason });
    expect(alone.wireBack).toEqual({ metric: "wireBack", at: null, reason });
  });

  it("is flagged where it cannot be, and left out of averages, not of the records", () => {
    // Packet 2 seems to be back at the NIC after ping had it, packet 3 to reach the NIC before the virtual interface.
    const change = (index: number, passage: Passage) => {
      if (index === 2) return passage.with(6, 1.3).with(7, 1.3);
      return index === 3 ? passage.with(1, 0.05) : passage;
    };
    const { packets, flagged } = matchRun(madeRun(4, change));
    expect(packets[1]?.values.overhead).toBe(-100_000);
    expect(packets[1]?.flags.overhead).toBe("negative: -100000 ns");
    expect(packets[1]?.flags.senderGuest).toContain("negative");
    expect(packets[2]?.flags.senderOut).toBe("negative: -50000 ns");
    expect(flagged).toMatchObject({ overhead: 1, senderOut: 1, rtt: 0, senderNicRtt: 0 });
    expect(usableValues(packets, "overhead")).toEqual([300_000, 150_000, 300_000]);
  });

  it("is flagged where a part is not less than the whole", () => {
    const { packets } = matchRun(madeRun(2, (_index, passage) => passage.with(5, 1.2)));
    expect(packets[0]?.flags).toEqual({
      responseTime: "not less than senderNicRtt: 800000 of 700000 ns",
      wire: "negative: -100000 ns",
    });
  });

  it("is noted to be rounded where ping rounded it", () => {
    const line = (index: number) => [`26 bytes from 10.9.0.201: icmp_seq=${index} ttl=64 time=119 ms`];
    expect(matchRun(madeRun(2, undefined, line)).notes).toEqual([
      "ping rounded RTTs, by up to 0.5 ms: it ran without -3",
    ]);
  });

  it("is doubted where the captures hold different packets", () => {
    const run = madeRun(2);
    run.points["responder.nic"] = run.points["responder.nic"].map((seen) => ({ ...seen, checksum: 60_001 }));
    const { packets } = matchRun(run);
    expect(packets[0]?.flags.rtt).toBeUndefined();
    expect(packets[0]?.flags.responseTime).toContain("different packets");
  });
});

describe("loss, duplicates and order", () => {
  it.each<[string, number[], string | null]>([
    ["nowhere", [0, 1, 2, 3, 4, 5, 6, 7], null],
    ["on its way out of the Sender server", [1, 2, 3, 4, 5, 6, 7], "sender.virt request"],
    ["on the wire", [2, 3, 4, 5, 6, 7], "sender.nic request"],
    ["in the Responder VM", [4, 5, 6, 7], "responder.virt request"],
    ["on the wire back", [6, 7], "responder.nic reply"],
    ["behind the last capture", [], "sender.virt reply"],
  ])("says where a packet was seen last: %s", (_name, gone, seen) => {
    const change = (index: number, passage: Passage) =>
      index === 2 ? passage.map((at, hop) => (gone.includes(hop) ? null : at)) : passage;
    const { packets, lostAfter, transmitted, received } = matchRun(madeRun(3, change, noLine(2)));
    expect({ transmitted, received }).toEqual({ transmitted: 3, received: 2 });
    expect(packets[1]).toMatchObject({ lost: true, lastSeen: seen, values: { rtt: null } });
    expect(packets[1]?.missing.rtt).toEqual({ metric: "rtt", at: null, reason: "the packet was lost" });
    expect(lostAfter).toEqual({ [seen ?? "nowhere"]: 1 });
  });

  it("says what a capture has not", () => {
    const run = madeRun(3);
    run.points["sender.nic"].splice(1, 1);
    const second = run.points["responder.nic"][1] as EchoExchange;
    run.points["responder.nic"][1] = { ...second, replyNs: null, rttNs: null };
    const { packets, points } = matchRun(run);
    expect(packets[1]?.missing.overhead).toEqual({
      metric: "overhead",
      at: "sender.nic",
      reason: "the request is not in the capture",
    });
    expect(missingWords(packets[1]!.missing.responseTime!)).toBe("responder.nic: the reply is not in the capture");
    expect(points["sender.nic"]).toMatchObject({ requests: 2, missing: 1 });
    expect(points["responder.nic"]).toMatchObject({ requests: 3, replies: 2, missing: 0 });
  });

  it("counts ping's duplicates and what was overtaken", () => {
    const lines = (index: number) => {
      const line = (seq: number, more = "") => `26 bytes from 10.9.0.201: icmp_seq=${seq} ttl=64 time=1.000 ms${more}`;
      return index === 1 ? [line(2), line(1), line(2, " (DUP!)")] : index === 2 ? [] : [line(index)];
    };
    const run = madeRun(3, undefined, lines);
    run.points["responder.nic"].reverse();
    const { packets, duplicates, reorderedReplies, reorderedRequests } = matchRun(run);
    expect(packets.map((packet) => [packet.duplicates, packet.reordered])).toEqual([
      [0, true],
      [1, false],
      [0, false],
    ]);
    expect({ duplicates, reorderedReplies, reorderedRequests }).toEqual({
      duplicates: 1,
      reorderedReplies: 1,
      reorderedRequests: 2,
    });
  });

  it("follows sequence numbers that come round again, and leaves other pings out", () => {
    const run = madeRun(100, undefined, undefined, 65_500);
    const other = { ...(run.points["sender.nic"][0] as EchoExchange), id: 8, rttNs: 1 };
    run.points["sender.nic"].unshift(other);
    const { packets, points, notes } = matchRun(run);
    expect(packets).toHaveLength(65_599);
    const seen = packets.filter(({ lost }) => !lost);
    expect(seen.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, at) => 65_500 + at));
    expect(seen.map(({ seq }) => seq).slice(35, 38)).toEqual([65_535, 0, 1]);
    expect(seen.every(({ values }) => values.overhead === 300_000 && values.responseTime === 300_000)).toBe(true);
    expect(points["sender.nic"]).toMatchObject({ requests: 100, missing: 65_499 });
    expect(notes).toEqual([]);
  });
});

it("refuses a run of so many packets that their records would fill the memory", () => {
  const run = madeRun(1);
  run.ping.statistics.transmitted = 1e15;
  expect(() => matchRun(run)).toThrowError(/ping sent 1000000000000000 requests: at most 1000000/);
});

describe("clocks", () => {
  it("that are set during a run spoil what they measured then, and no more", () => {
    const run = madeRun(40);
    const step = 5_000_000n;
    for (const name of ["sender.virt", "sender.nic"] as const)
      run.points[name] = run.points[name].map((seen) =>
        seen.seq < 20
          ? seen
          : seen.seq === 20
            ? { ...seen, replyNs: (seen.replyNs ?? 0n) + step, rttNs: (seen.rttNs ?? 0) + Number(step) }
            : { ...seen, requestNs: seen.requestNs + step, replyNs: (seen.replyNs ?? 0n) + step },
      );
    const { packets, clocks, notes } = matchRun(run);
    expect(notes).toEqual([
      expect.stringMatching(
        /^between the clocks of the Sender VM and its server .* at least 4\.\d{3} ms before packet 21$/,
      ),
      expect.stringContaining("between the clocks of the two servers"),
    ]);
    expect(clocks.senderVm?.steps.map(({ index }) => index)).toEqual([21]);
    const flagged = packets.filter(({ flags }) => flags.senderNicRtt).map(({ index }) => index);
    expect(flagged).toEqual([19, 20, 21]);
    expect(packets[19]?.flags.overhead).toBeDefined();
    expect(new Set(usableValues(packets, "overhead"))).toEqual(new Set([300_000]));
  });

  it("say nothing without ping's stamps", () => {
    const run = madeRun(5);
    for (const name of pointNames) run.points[name] = run.points[name].map((seen) => ({ ...seen, sentUs: null }));
    expect(matchRun(run).clocks.senderVm).toBeNull();
    expect(matchRun(run).clocks.servers).not.toBeNull();
    expect(matchRun(run).sending).toBeNull();
  });
});
