import { describe, expect, it } from "vitest";
import { countedKinds } from "../../../lib/endpoints/kinds.ts";
import { type BackgroundLook, backgroundProblems, backgroundUse } from "../../../measure/probe/background.ts";
import { parseGuestLooks } from "../../../study/loads/guest-look.ts";
import { networkLoad } from "../../../study/loads/network.ts";

const parseUdpLook = (text: string) => {
  if (!networkLoad.counters) throw new Error("network load has counters");
  return parseGuestLooks(networkLoad.counters, text, "rtt-bg-001");
};
/** As /proc/uptime and `virsh domstats --cpu-total --list-running` say it, the Main VM among them. */
const cpu = (seconds: number, ns: number) =>
  countedKinds.vm.cpu.parse(
    `${seconds}
Domain: 'rtt-main'
  cpu.time=77
Domain: 'rtt-bg-001'
  cpu.time=${ns}
  cpu.user=${ns / 10}
  cpu.cache.monitor.count=0

Domain: 'rtt-bg-002'
  cpu.time=${ns * 2}
`,
    "sender",
  );
const look = (seconds: number, ns: number, received: number, sent: number): BackgroundLook => ({
  cpu: cpu(seconds, ns),
  guests: new Map(
    parseUdpLook(`seconds=${seconds - 50} received=${received} sent=${sent}\n`).map((each) => ["rtt-bg-001", each]),
  ),
});
const spec = { endpoint: "vm" as const, vms: ["rtt-bg-001", "rtt-bg-002"], load: "network", least: {} };
const use = backgroundUse(spec, look(100, 10e9, 0, 1000), look(110, 13e9, 50, 4000));

describe("what background VMs do during a run", () => {
  it("is their CPU in per cent of one CPU, and the datagrams that they counted themselves", () => {
    expect(use).toMatchObject([
      { vm: "rtt-bg-001", cpuPercent: 30, sentPps: 300, receivedPps: 5 },
      { vm: "rtt-bg-002", cpuPercent: 60, sentPps: null, receivedPps: null },
    ]);
  });

  it("is unknown of a VM that was not there all the time", () => {
    const all = { ...spec, vms: ["rtt-bg-003"] };
    const gone = backgroundUse(all, look(1, 1, 1, 1), look(2, 1, 1, 1));
    expect(gone).toMatchObject([{ vm: "rtt-bg-003", cpuPercent: null, sentPps: null, receivedPps: null }]);
    expect(backgroundProblems("sender", all, gone)).toEqual(["sender: rtt-bg-003 was not there all the time"]);
  });

  it("makes a run invalid when a VM's load did not run, and says which one's", () => {
    const problems = (least: Record<string, number>, load = "network", used = use) =>
      backgroundProblems("sender", { ...spec, load, least }, used);
    expect(problems({})).toEqual([]);
    expect(problems({ cpuPercent: 40 }, "cpu")).toEqual([
      "sender: rtt-bg-001 used 30 % of a CPU, and CPU load at least 40 %",
    ]);
    expect(problems({ sentPps: 400 })).toEqual([
      "sender: rtt-bg-001 sent 300 datagrams/s, and network load at least 400",
      "sender: rtt-bg-002 sent nobody knows how many datagrams/s, and network load at least 400",
    ]);
    expect(problems({ receivedPps: 10 }, "network", use.slice(0, 1))[0]).toBe(
      "sender: rtt-bg-001 received 5 datagrams/s, and network load at least 10",
    );
  });
});

describe("what a guest or a server says of itself", () => {
  it.each([
    ["", /does not say sent and received/],
    ["seconds=1 received= sent=3", /received: "" is no whole number/],
    ["seconds=NaN received=1 sent=3", /seconds: "NaN" is no number/],
    ["Welcome\n", /is not key=value/],
  ])("is no number when it is none: %j", (text, why) => {
    expect(() => parseUdpLook(text)).toThrow(why);
  });

  it.each(["", "Welcome\nDomain: 'x'\n"])("is no clock when it is none: %j", (text) => {
    expect(() => countedKinds.vm.cpu.parse(text, "sender")).toThrow(/^sender: the server's clock is not understood/);
  });
});
