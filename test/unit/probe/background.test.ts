import { describe, expect, it } from "vitest";
import { backgroundProblems, backgroundUse, parseLook } from "../../../measure/probe/background.ts";

/** As /proc/uptime and `virsh domstats --cpu-total --interface` say it: one VM on a bridge, one on a VF. */
const look = (seconds: number, cpu: number, packets: number) => `${seconds}
Domain: 'rtt-bg-001'
  cpu.time=${cpu * 1e9}
  cpu.user=${cpu * 1e8}
  net.count=1
  net.0.name=vnet4
  net.0.rx.bytes=1
  net.0.rx.pkts=${packets}
  net.0.tx.pkts=10

Domain: 'rtt-bg-002'
  cpu.time=${cpu * 2e9}
  net.count=0
`;
const spec = { vms: ["rtt-bg-001", "rtt-bg-002"], leastCpuPercent: 0, leastPps: 0 };
const use = backgroundUse(spec, parseLook(look(100, 10, 1000)), parseLook(look(110, 13, 4000)));

describe("what background VMs do during a run", () => {
  it("is their CPU in per cent of one CPU, and packets where the host sees any", () => {
    expect(use).toEqual([
      { vm: "rtt-bg-001", cpuPercent: 30, packetsPerSecond: 300 },
      { vm: "rtt-bg-002", cpuPercent: 60, packetsPerSecond: null },
    ]);
  });

  it("is unknown of a VM that was not there all the time", () => {
    const all = { ...spec, vms: ["rtt-bg-003"] };
    const gone = backgroundUse(all, parseLook(look(1, 1, 1)), parseLook(look(2, 1, 1)));
    expect(gone).toEqual([{ vm: "rtt-bg-003", cpuPercent: null, packetsPerSecond: null }]);
    expect(backgroundProblems("sender", all, gone)).toEqual(["sender: rtt-bg-003 was not there all the time"]);
  });

  it("makes a run invalid when its load did not run, and says which VM's", () => {
    expect(backgroundProblems("sender", spec, use)).toEqual([]);
    expect(backgroundProblems("sender", { ...spec, leastCpuPercent: 40 }, use)).toEqual([
      "sender: rtt-bg-001 used 30 % of a CPU, and CPU load at least 40 %",
    ]);
    expect(backgroundProblems("responder", { ...spec, leastPps: 400 }, use)).toEqual([
      "responder: 300 packets/s went through rtt-bg-001's interface, and network load makes at least 400",
    ]);
  });
});
