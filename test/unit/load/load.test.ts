import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { configSchema } from "../../../infra/config/schema.ts";
import {
  burstsPerSecond,
  countArrivals,
  cpuTimes,
  loadProcesses,
  startCommand,
  stopCommand,
} from "../../../infra/load/commands.ts";
import { leastCpuPercent, leastDatagrams } from "../../../infra/load/share.ts";
import { planOf } from "../../../infra/plan/plan.ts";

const network = { type: "network", mbps: 2, packetBytes: 1400, burstPackets: 16 } as const;
const vm = { vcpus: 2, peerIp: "10.9.2.2" };

describe("what a background VM runs", () => {
  it("is stress-ng on each of its CPUs", () => {
    expect(loadProcesses({ type: "cpu", percent: 80 }, vm)).toEqual([
      { kind: "cpu", command: "stress-ng --cpu 2 --cpu-load 80 --temp-path /tmp --quiet" },
    ]);
  });

  it("is one-way UDP in bursts of the packets asked for, at the rate asked for", () => {
    const [process] = loadProcesses({ ...network, sends: true, receives: false }, vm);
    expect(process?.command).toContain("--isochronous=11.160714:2m,0 --len 1400");
    // Bits a second are bursts a second, times packets, times bytes, times 8.
    expect(burstsPerSecond(network) * 16 * 1400 * 8).toBeCloseTo(2e6, 6);
  });

  it("receives before it sends where the load is on both servers", () => {
    const kinds = loadProcesses({ ...network, sends: true, receives: true }, vm).map(({ kind }) => kind);
    expect(kinds).toEqual(["receive", "send"]);
    expect(loadProcesses({ type: "none" }, vm)).toEqual([]);
  });

  it.each([
    ["start", startCommand({ kind: "cpu", command: "stress-ng" })],
    ["stop", stopCommand],
    ["count", countArrivals(2)],
    ["times", cpuTimes(["rtt-bg-001", "rtt-bg-002"], 2)],
  ])("is %sed by what a POSIX shell can read", (_name, text) => {
    execaSync("sh", ["-n"], { input: text });
  });
});

describe("the least CPU that CPU load must be seen to use", () => {
  const plan = (own: object) =>
    planOf(configSchema.parse({ mainDriver: "virtio-bridge", backgroundVms: 2, loadType: "cpu", ...own })).sender;

  it("is half a fair share of a server that all VMs want", () => {
    expect(leastCpuPercent({ type: "cpu", percent: 100 }, plan({}), 1)).toBeCloseTo(100 / 3 / 2);
    expect(leastCpuPercent({ type: "cpu", percent: 100 }, plan({ backgroundVms: 128 }), 6)).toBeCloseTo(600 / 129 / 2);
  });

  it("is half of what is asked where there is room for all", () => {
    expect(leastCpuPercent({ type: "cpu", percent: 50 }, plan({}), 8)).toBe(25);
    expect(leastCpuPercent({ type: "cpu", percent: 100 }, plan({ backgroundCpus: 2 }), 8)).toBe(100);
  });

  it("is nothing for other load", () => {
    expect(leastCpuPercent({ type: "none" }, plan({}), 8)).toBe(0);
  });
});

describe("the least datagrams that network load must be seen to bring", () => {
  it("are a tenth of what is asked for at a sender, a hundredth at a receiver, nothing elsewhere", () => {
    expect(leastDatagrams({ ...network, sends: true, receives: false })).toEqual({
      leastSentPps: 2e6 / 8 / 1400 / 10,
      leastReceivedPps: 0,
    });
    expect(leastDatagrams({ ...network, sends: false, receives: true }).leastReceivedPps).toBeCloseTo(1.786, 3);
    expect(leastDatagrams({ type: "cpu", percent: 100 })).toEqual({ leastSentPps: 0, leastReceivedPps: 0 });
  });
});
