import { describe, expect, it } from "vitest";
import {
  type BackgroundLook,
  backgroundProblems,
  backgroundUse,
  parseCpuLook,
  parseUdpLook,
} from "../../../measure/probe/background.ts";

/** As /proc/uptime and `virsh domstats --cpu-total --list-running` say it, the Main VM among them. */
const cpu = (seconds: number, ns: number) =>
  parseCpuLook(`${seconds}
Domain: 'rtt-main'
  cpu.time=77
Domain: 'rtt-bg-001'
  cpu.time=${ns}
  cpu.user=${ns / 10}
  cpu.cache.monitor.count=0

Domain: 'rtt-bg-002'
  cpu.time=${ns * 2}
`);
const look = (seconds: number, ns: number, received: number, sent: number): BackgroundLook => ({
  cpu: cpu(seconds, ns),
  udp: new Map([
    ["rtt-bg-001", parseUdpLook(`seconds=${seconds - 50} received=${received} sent=${sent}\n`, "rtt-bg-001")],
  ]),
});
const spec = { vms: ["rtt-bg-001", "rtt-bg-002"], leastCpuPercent: 0, leastSentPps: 0, leastReceivedPps: 0 };
const use = backgroundUse(spec, look(100, 10e9, 0, 1000), look(110, 13e9, 50, 4000));

describe("what background VMs do during a run", () => {
  it("is their CPU in per cent of one CPU, and the datagrams that they counted themselves", () => {
    expect(use).toEqual([
      { vm: "rtt-bg-001", cpuPercent: 30, sentPps: 300, receivedPps: 5 },
      { vm: "rtt-bg-002", cpuPercent: 60, sentPps: null, receivedPps: null },
    ]);
  });

  it("is unknown of a VM that was not there all the time", () => {
    const all = { ...spec, vms: ["rtt-bg-003"] };
    const gone = backgroundUse(all, look(1, 1, 1, 1), look(2, 1, 1, 1));
    expect(gone).toEqual([{ vm: "rtt-bg-003", cpuPercent: null, sentPps: null, receivedPps: null }]);
    expect(backgroundProblems("sender", all, gone)).toEqual(["sender: rtt-bg-003 was not there all the time"]);
  });

  it("makes a run invalid when a VM's load did not run, and says which one's", () => {
    const problems = (least: Partial<typeof spec>) => backgroundProblems("sender", { ...spec, ...least }, use);
    expect(problems({})).toEqual([]);
    expect(problems({ leastCpuPercent: 40 })).toEqual([
      "sender: rtt-bg-001 used 30 % of a CPU, and CPU load at least 40 %",
    ]);
    expect(problems({ leastSentPps: 400 })).toEqual([
      "sender: rtt-bg-001 sent 300 datagrams/s, and network load at least 400",
      "sender: rtt-bg-002 sent nobody knows how many datagrams/s, and network load at least 400",
    ]);
    expect(problems({ leastReceivedPps: 10, vms: ["rtt-bg-001"] })[0]).toBe(
      "sender: rtt-bg-001 received 5 datagrams/s, and network load at least 10",
    );
  });
});

describe("what a guest or a server says of itself", () => {
  it.each([
    ["", /does not say how many datagrams/],
    ["seconds=1 received= sent=3", /received: "" is no whole number/],
    ["seconds=NaN received=1 sent=3", /seconds: "NaN" is no number/],
    ["Welcome\n", /is not key=value/],
  ])("is no number when it is none: %j", (text, why) => {
    expect(() => parseUdpLook(text, "rtt-bg-001")).toThrow(why);
  });

  it.each(["", "Welcome\nDomain: 'x'\n"])("is no clock when it is none: %j", (text) => {
    expect(() => parseCpuLook(text)).toThrow(/clock is not understood/);
  });
});
