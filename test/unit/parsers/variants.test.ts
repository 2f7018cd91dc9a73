import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { averageLoad, parseMpstat } from "../../../measure/parsers/mpstat.ts";
import { parsePing } from "../../../measure/probes/ping/parser/ping.ts";

const totals = "2 packets transmitted, 2 received, 0% packet loss, time 10ms";
const header = "PING 10.9.0.201 (10.9.0.201) 56(84) bytes of data.";
const from = "64 bytes from 10.9.0.201: icmp_seq=";
/** As iputils 20221126 printed it, but for addresses. */
const around = (lines: string[], head = header) =>
  [
    head,
    ...lines,
    "",
    "--- 10.9.0.201 ping statistics ---",
    totals,
    "rtt min/avg/max/mdev = 0.035/0.150/0.266/0.115 ms",
    "",
  ].join("\n");
const two = [`${from}1 ttl=64 time=0.266 ms`, `${from}2 ttl=64 time=0.035 ms`];
const rtts = (text: string) => parsePing(text).replies.map(({ rttNs }) => rttNs);

describe("what ping prints under its options is read", () => {
  it.each<[string, string]>([
    [
      "-R",
      around([two[0]!, "RR: \t10.9.0.101", "\t10.9.0.201", "\tgateway (10.9.0.1)", "", `${two[1]}\t(same route)`]),
    ],
    [
      "-T tsonly",
      around([two[0]!, "TS: \t55483750 absolute", "\t0", "\t-3", "", two[1]!, "TS: \t5 absolute", "\t0", ""]),
    ],
    [
      "-T tsandaddr",
      around([two[0]!, "TS: \t10.9.0.101\t55483769 absolute", "\t10.9.0.201\t1", "Unrecorded hops: 2", "", two[1]!]),
    ],
    ["-a", around(two.map((line) => `${line}\u0007`))],
    ["-a -R", around([two[0]!, `${two[1]}\u0007\t(same route)`])],
    ["SIGQUIT", around([two[0]!, "\r1/1 packets, 0% loss, min/avg/ewma/max = 0.023/0.027/0.024/0.032 ms", two[1]!])],
    ["SIGQUIT before a reply", around(["\r1/0 packets, 100% loss", ...two])],
    [
      "-v, the header of a refused packet",
      around([
        "Vr HL TOS  Len   ID Flg  off TTL Pro  cks      Src      Dst Data",
        " 4  5  00 5400 34f1   2 0000  40  01 f2b4 10.9.0.101  10.9.0.201 ",
        ...two,
      ]),
    ],
    ["a pty", around(two).replaceAll("\n", "\r\n")],
    ["a terminal's log", around(two).replaceAll("\n", "\r\r\n")],
    ["a byte order mark", `\uFEFF${around(two)}`],
    ["a zone with a hyphen", around(two, "PING fe80::1%br-lan(fe80::1%br-lan) 56 data bytes")],
    [
      "a zone with a dot",
      around(two, "PING fe80::1%eth0.5 (fe80::1%eth0.5) from fe80::2%eth0.5 eth0.5: 56 data bytes"),
    ],
  ])("%s", (_name, text) => {
    expect(rtts(text)).toEqual([266_000, 35_000]);
  });

  it("-f: how many, and no times", () => {
    const flood = ".\b \b".repeat(2000);
    const { replies, statistics } = parsePing(around([`${flood}.\bE.\bC`]));
    expect(replies).toEqual([]);
    expect(statistics).toMatchObject({ transmitted: 2, received: 2 });
    expect(parsePing(around([".\b \b", "\r1/1 packets, 0% loss", ".\b \b"])).statistics.received).toBe(2);
  });

  it.each([
    ["a mean above the greatest", around(two).replace("0.150", "0.350"), "the mean is not between"],
    ["German", around(two, "PING 10.9.0.201 (10.9.0.201) 56(84) Bytes an Daten."), "run it with LC_ALL=C"],
    ["decimal commas", around(two.map((line) => line.replace("0.266", "0,266"))), "run it with LC_ALL=C"],
    ["decimal commas of the loss", around(two).replace("0% packet", "33,3333% packet"), "run ping with LC_ALL=C"],
  ])("not read: %s", (_name, text, message) => {
    expect(() => parsePing(text)).toThrow(message);
  });
});

describe("mpstat", () => {
  const text = readFileSync(join(import.meta.dirname, "../../data/runs/virtio-bridge/mpstat-sender.json"), "utf8");
  const row = (fields: string, cpu = "all", more = "") =>
    `{"sysstat":{"hosts":[{"nodename":"a","release":"6","machine":"x","number-of-cpus":1,"date":"11/23/26","statistics":[{"timestamp":"18:08:47","cpu-load":[{"cpu":"${cpu}"${more},${fields}}]}]}]}}`;
  const fields = (usr: number, idle: number) =>
    `"usr":${usr},"nice":0.00,"sys":0.00,"iowait":0.00,"irq":0.00,"soft":0.00,"steal":0.00,"guest":0.00,"gnice":0.00,"idle":${idle}`;

  it("refuses a row that does not account for all time", () => {
    for (const [usr, idle, sum] of [
      [0, 0, "0.00"],
      [30, 30, "60.00"],
      [60, 60, "120.00"],
      [0, 99.8, "99.80"],
    ] as const)
      expect(() => parseMpstat(row(fields(usr, idle)))).toThrow(`add up to ${sum} % and not to 100`);
    for (const idle of [59.95, 60, 60.05]) expect(parseMpstat(row(fields(40, idle))).samples).toHaveLength(1);
  });

  it("reads all CPUs by the name that sysstat 12.0.0 to 12.0.3 gives them", () => {
    expect(averageLoad(parseMpstat(row(fields(40, 60), "-1")).samples).cpuUsage).toBe(40);
    expect(() => parseMpstat(row(fields(40, 60), "-2"))).toThrow('unknown or repeated cpu "-2"');
  });

  it("reads what -T adds", () => {
    const { samples } = parseMpstat(row(fields(40, 60), "all", ',"core":"","socket":"0","node":"0"'));
    expect(samples[0]?.cpuUsage).toBe(40);
  });

  it.each(["18時08分47秒", "午後 06:08:47", "18시 08분 47초", "下午 06时08分47秒", "18.08.47", "6:08:47 μμ"])(
    "takes any locale's time of day: %s",
    (time) => {
      expect(parseMpstat(row(fields(40, 60)).replace("18:08:47", time)).samples[0]?.timestamp).toBe(time);
    },
  );

  it("reads a file with a byte order mark and CRLF", () => {
    const plain = parseMpstat(text);
    expect(parseMpstat(`\uFEFF${text.replaceAll("\n", "\r\n")}`)).toEqual(plain);
  });

  it("says what to do about decimal commas", () => {
    expect(() => parseMpstat(text.replace(/"usr": (\d+)\.(\d+)/, '"usr": $1,$2'))).toThrow("LC_ALL=C");
  });
});
