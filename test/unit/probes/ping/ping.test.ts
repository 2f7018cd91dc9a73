import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parsePing } from "../../../../measure/probes/ping/parser/ping.ts";
import { unwrap } from "../../../../measure/probes/ping/parser/ping-lines.ts";

/** What ping prints around the given lines. */
const ping = (
  lines: string[],
  totals: string,
  last = "",
  header = "PING 10.9.0.201 (10.9.0.201) 18(46) bytes of data.",
) => [header, ...lines, "", "--- 10.9.0.201 ping statistics ---", totals, last, ""].join("\n");
const from = "26 bytes from 10.9.0.201: icmp_seq=";
const one = (rest: string) =>
  parsePing(ping([`${from}1 ${rest}`], "1 packets transmitted, 1 received, 0% packet loss, time 0ms")).replies[0];

describe("real runs", () => {
  it.each(globSync(join(import.meta.dirname, "../../../data/runs/*/ping.txt")))("%s", (file) => {
    const { replies, statistics, family, dataBytes, warnings } = parsePing(readFileSync(file, "utf8"), file);
    expect(replies.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
    expect({ family, dataBytes, warnings }).toEqual({ family: 4, dataBytes: 18, warnings: [] });
    const rtts = replies.map(({ rttNs }) => rttNs ?? 0);
    expect(statistics).toMatchObject({ transmitted: 100, received: 100, lossPercent: 0, duplicates: 0, errors: 0 });
    expect(statistics.rtt).toMatchObject({ minNs: Math.min(...rtts), maxNs: Math.max(...rtts) });
    const mean = rtts.reduce((sum, rtt) => sum + rtt, 0) / 100;
    expect(Math.abs((statistics.rtt?.avgNs ?? 0) - mean)).toBeLessThanOrEqual(1000);
    expect(replies.every(({ printedNs, resolutionNs }) => printedNs !== null && resolutionNs === 1000)).toBe(true);
  });
});

describe("a reply", () => {
  it("keeps the decimals as they were printed", () => {
    // 32.758 ms and 1.001 ms have no exact binary fraction.
    expect(one("ttl=64 time=32.758 ms")).toMatchObject({ rttNs: 32_758_000, resolutionNs: 1000 });
    expect(one("ttl=64 time=0.017 ms")).toMatchObject({ rttNs: 17_000, resolutionNs: 1000 });
    expect(one("ttl=64 time=1.05 ms")).toMatchObject({ rttNs: 1_050_000, resolutionNs: 10_000 });
    expect(one("ttl=64 time=32.8 ms")).toMatchObject({ rttNs: 32_800_000, resolutionNs: 100_000 });
    expect(one("ttl=64 time=119 ms")).toMatchObject({ rttNs: 119_000_000, resolutionNs: 1_000_000 });
  });

  it("may come without a time (-s below 16), without TTL, with a name, with the id of -v", () => {
    expect(one("ttl=64")).toMatchObject({ rttNs: null, resolutionNs: null });
    expect(one("time=1.00 ms")).toMatchObject({ ttl: null });
    const text = ping(
      ["64 bytes from host.example (10.9.0.201): icmp_seq=1 ident=1001 ttl=63 time=1.00 ms"],
      "1 packets transmitted, 1 received, 0% packet loss, time 0ms",
    );
    expect(parsePing(text).replies[0]).toMatchObject({ from: "host.example (10.9.0.201)", ttl: 63, bytes: 64 });
  });

  it("is stamped with -D, to the microsecond", () => {
    const text = ping(
      [`[1795456975.611557] ${from}1 ttl=64 time=1 ms`],
      "1 packets transmitted, 1 received, 0% packet loss, time 0ms",
    );
    expect(parsePing(text).replies[0]?.printedNs).toBe(1_795_456_975_611_557_000n);
    expect(one("ttl=64 time=1 ms")?.printedNs).toBeNull();
  });

  it("may be a duplicate or damaged", () => {
    const text = ping(
      [
        `${from}1 ttl=64 time=1.00 ms`,
        `${from}1 ttl=64 time=1.50 ms (DUP!)`,
        `${from}2 ttl=64 time=1.00 ms (BAD CHECKSUM!)`,
        `${from}3 ttl=64 (truncated)`,
        `${from}4 ttl=64 time=1.00 ms (DIFFERENT ADDRESS!)`,
        `${from}5 ttl=64 time=1.00 ms`,
        "wrong data byte #16 should be 0x10 but was 0x11",
        "#16\t11 11 ",
      ],
      "6 packets transmitted, 4 received, +1 duplicates, +1 corrupted, 33.3333% packet loss, time 5006ms",
    );
    const { replies, statistics } = parsePing(text);
    expect(replies.map(({ seq, duplicate, damaged }) => [seq, duplicate, damaged])).toEqual([
      [1, false, false],
      [1, true, false],
      [2, false, true],
      [3, false, true],
      [4, false, false],
      [5, false, true],
    ]);
    expect(statistics).toMatchObject({ received: 4, duplicates: 1, corrupted: 1, lossPercent: 33.3333, timeMs: 5006 });
  });

  it("has a number without wraparound", () => {
    const seqs = [65_534, 65_535, 0, 2, 1, 40_000, 3, 65_535, 0];
    const lines = seqs.map((seq) => `${from}${seq} ttl=64 time=1.00 ms`);
    const text = ping(lines, "140000 packets transmitted, 9 received, 99.9936% packet loss, time 9ms");
    expect(parsePing(text).replies.map(({ index }) => index)).toEqual([
      65_534, 65_535, 65_536, 65_538, 65_537, 40_000, 65_539, 65_535, 65_536,
    ]);
    expect(unwrap(65_539, 0)).toBe(65_536);
    const late = ping(
      [`${from}5 time=1 ms`, `${from}65000 time=1 ms`],
      "65000 packets transmitted, 2 received, 99.9969% packet loss, time 9ms",
    );
    expect(parsePing(late).replies.map(({ index }) => index)).toEqual([5, 65_000]);
  });
});

describe("other lines", () => {
  it("keeps errors, answers that are late, and what went to stderr", () => {
    const text = ping(
      [
        "[1795456975.611557] no answer yet for icmp_seq=1",
        "no answer yet for icmp_seq=2",
        "From 10.9.0.101 icmp_seq=3 Destination Host Unreachable",
        "[1795456975.611557] From gateway (10.9.0.1) icmp_seq=4 Frag needed and DF set (mtu = 1400)",
        "From 10.9.0.1: icmp_seq=5 Redirect Host(New nexthop: 10.9.0.2)",
        "From fd00::1 icmp_seq=6 Destination unreachable: No route",
        "From 10.9.0.1: Source Quench",
        "ping: sendmsg: Network is unreachable",
        "ping: local error: message too long, mtu=1500",
        "/bin/ping: Warning: time of day goes back (-31us), taking countermeasures",
        "Warning: time of day goes back (-31us), taking countermeasures.",
      ],
      "6 packets transmitted, 0 received, +3 errors, 100% packet loss, time 5110ms",
      "pipe 3",
    );
    const { errors, noAnswerYet, warnings, statistics, replies } = parsePing(text);
    expect(replies).toEqual([]);
    expect(noAnswerYet).toEqual([1, 2]);
    expect(errors.map(({ seq, from, message, line }) => [seq, from, message, line])).toEqual([
      [3, "10.9.0.101", "Destination Host Unreachable", 4],
      [4, "gateway (10.9.0.1)", "Frag needed and DF set (mtu = 1400)", 5],
      [5, "10.9.0.1", "Redirect Host(New nexthop: 10.9.0.2)", 6],
      [6, "fd00::1", "Destination unreachable: No route", 7],
      [null, "10.9.0.1", "Source Quench", 8],
    ]);
    expect(warnings.map(({ line }) => line)).toEqual([9, 10, 11, 12]);
    expect(statistics).toEqual({
      transmitted: 6,
      received: 0,
      duplicates: 0,
      corrupted: 0,
      errors: 3,
      lossPercent: 100,
      timeMs: 5110,
      rtt: null,
      pipe: 3,
      flood: null,
    });
  });

  it("reads the headers of all versions, and what -v prints above them", () => {
    const totals = "0 packets transmitted, 0 received";
    const header = (line: string) => parsePing(ping([], totals, "", line));
    expect(header("PING host.example (10.9.0.201) from 10.9.0.101 eth0: 56(84) bytes of data.")).toMatchObject({
      target: "host.example",
      address: "10.9.0.201",
      family: 4,
      dataBytes: 56,
    });
    expect(header("PING 10.9.0.201 (10.9.0.201) from 10.9.0.101 : 18(46) bytes of data.").dataBytes).toBe(18);
    for (const line of [
      "PING ::1(::1) 18 data bytes",
      "PING ::1 (::1) 18 data bytes",
      "PING ::1(::1) from ::1 eth0: 18 data bytes",
      "PING ::1(::1) , flow 0x12345, 18 data bytes",
    ])
      expect(header(line)).toMatchObject({ target: "::1", address: "::1", family: 6, dataBytes: 18 });
    expect(header("PING localhost(localhost (::1)) 56 data bytes")).toMatchObject({
      target: "localhost",
      address: "::1",
    });
    const verbose = [
      "PATTERN: 0xff",
      "ping: sock4.fd: 3 (socktype: SOCK_RAW), sock6.fd: 4 (socktype: SOCK_RAW), hints.ai_family: AF_UNSPEC",
      "",
      "ai->ai_family: AF_INET, ai->ai_canonname: '10.9.0.201'",
      "PING 10.9.0.201 (10.9.0.201) 18(46) bytes of data.",
    ].join("\n");
    expect(header(verbose)).toMatchObject({ address: "10.9.0.201", statistics: { transmitted: 0, lossPercent: null } });
  });

  it("reads what -q, -A and an interval of 0 leave", () => {
    const text = ping(
      [],
      "100 packets transmitted, 100 received, 0% packet loss, time 17ms",
      "rtt min/avg/max/mdev = 0.012/0.049/1.011/0.101 ms, pipe 2, ipg/ewma 0.171/0.030 ms",
    );
    expect(parsePing(text).statistics).toMatchObject({
      rtt: { minNs: 12_000, avgNs: 49_000, maxNs: 1_011_000, mdevNs: 101_000 },
      pipe: 2,
      flood: { ipgNs: 171_000, ewmaNs: 30_000 },
    });
  });
});

describe("anything else is an error with its line", () => {
  const good = "1 packets transmitted, 1 received, 0% packet loss, time 0ms";
  const line = `${from}1 ttl=64 time=1.00 ms`;

  it.each<[string, string, number]>([
    ["nothing", "", 1],
    ["another program", "hello\n", 1],
    ["BusyBox's ping", ping(["26 bytes from 10.9.0.201: seq=0 ttl=64 time=1.000 ms"], good), 2],
    ["BusyBox's header", ping([line], good, "", "PING 10.9.0.201 (10.9.0.201): 56 data bytes"), 1],
    ["a time in another unit", ping([`${from}1 ttl=64 time=1.00 s`], good), 2],
    ["a time with too many digits", ping([`${from}1 ttl=64 time=1.0001 ms`], good), 2],
    ["a sequence number of 17 bits", ping([`${from}65536 ttl=64 time=1.00 ms`], good), 2],
    ["a line between", ping([line, "what is this"], good), 3],
    ["an endless line", ping(["x".repeat(5000)], good), 2],
    ["a killed ping", `PING a (1.2.3.4) 18(46) bytes of data.\n${line}\n`, 4],
    ["no totals", ping([line], "rtt min/avg/max/mdev = 1/1/1/1 ms"), 5],
    [
      "lost reply lines",
      ping([], "2 packets transmitted, 2 received, 0% packet loss, time 0ms").replace("\n\n", `\n${line}\n\n`),
      5,
    ],
    ["a wrong percentage", ping([line], "2 packets transmitted, 1 received, 49% packet loss, time 0ms"), 5],
    [
      "more received than sent",
      ping([line, line], "1 packets transmitted, 2 received, -100% packet loss, time 0ms"),
      6,
    ],
    ["statistics of another ping", ping([line], good, "round-trip min/avg/max = 1.0/1.0/1.0 ms"), 6],
    ["something behind", `${ping([line], good, "pipe 2")}and more\n`, 7],
  ])("%s", (_name, text, expected) => {
    expect(() => parsePing(text, "ping.txt")).toThrowError(
      expect.objectContaining({
        name: "FormatError",
        line: expected,
        message: expect.stringMatching(new RegExp(`^ping.txt: line ${expected}: `)),
      }),
    );
  });
});
