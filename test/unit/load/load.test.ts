import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { configSchema } from "../../../infra/config/schema.ts";
import { loadProcesses, logCommand, lookTwice, startCommand, stopCommandOf } from "../../../infra/load/commands.ts";
import { leastOf } from "../../../infra/load/share.ts";
import { planOf } from "../../../infra/plan/plan.ts";
import { countedKinds } from "../../../lib/endpoints/kinds.ts";
import { leastRates, loadKinds } from "../../../study/loads/loads.ts";
import { burstsPerSecond, networkLoad } from "../../../study/loads/network.ts";

const network = { type: "network", mbps: 2, packetBytes: 1400, burstPackets: 16 } as const;
const vm = { vcpus: 2, peerIp: "10.9.2.2" };

describe("what a background VM runs", () => {
  it("is stress-ng on each of its CPUs", () => {
    expect(loadProcesses({ type: "cpu", percent: 80 }, vm)).toEqual([
      { name: "cpu", command: "stress-ng --cpu 2 --cpu-load 80 --temp-path /tmp --quiet" },
    ]);
  });

  it("is one-way UDP in bursts of the packets asked for, at the rate asked for", () => {
    const [process] = loadProcesses({ ...network, sends: true, receives: false }, vm);
    expect(process?.command).toContain("--isochronous=11.160714:2m,0 --len 1400");
    // Bits a second are bursts a second, times packets, times bytes, times 8.
    expect(burstsPerSecond(network) * 16 * 1400 * 8).toBeCloseTo(2e6, 6);
  });

  it("receives before it sends where the load is on both servers", () => {
    const processes = loadProcesses({ ...network, sends: true, receives: true }, vm);
    expect(processes.map(({ name, receives }) => [name, receives])).toEqual([
      ["receive", true],
      ["send", undefined],
    ]);
    expect(loadProcesses({ type: "none" }, vm)).toEqual([]);
  });

  it.each([
    ["start", startCommand({ name: "cpu", command: "stress-ng" })],
    ["stop", stopCommandOf(loadKinds)],
    ["count", lookTwice(networkLoad.counters?.command ?? "", 2)],
    ["log", logCommand([{ name: "cpu", command: "stress-ng" }])],
    ["times", countedKinds.vm.cpu.command],
  ])("is %sed by what a POSIX shell can read", (_name, text) => {
    execaSync("sh", ["-n"], { input: text });
  });
});

describe("the least CPU that CPU load must be seen to use", () => {
  const least = (own: object, cpus: number) =>
    leastOf(
      planOf(configSchema.parse({ mainDriver: "virtio-bridge", backgroundVms: 2, loadType: "cpu", ...own })).sender,
      cpus,
    );

  it("is half a fair share of a server that all VMs want", () => {
    expect(least({}, 1)).toEqual({ cpuPercent: expect.closeTo(100 / 3 / 2) });
    expect(least({ backgroundVms: 128 }, 6)).toEqual({ cpuPercent: expect.closeTo(600 / 129 / 2) });
  });

  it("is half of what is asked where there is room for all", () => {
    expect(least({ cpuLoadPercent: 50 }, 8)).toEqual({ cpuPercent: 25 });
    expect(least({ backgroundCpus: 2 }, 8)).toEqual({ cpuPercent: 100 });
  });

  it("is nothing for other load", () => {
    expect(least({ loadType: "none" }, 8)).toEqual({});
    expect(least({ loadType: "network" }, 8)).not.toHaveProperty("cpuPercent");
  });
});

describe("the least datagrams that network load must be seen to bring", () => {
  const least = (own: object) => leastRates({ ...network, ...own }, { vcpus: 1, fairCpuPercent: 100 });

  it("are a tenth of what is asked for at a sender, a hundredth at a receiver, nothing elsewhere", () => {
    expect(least({ sends: true, receives: false })).toEqual({ sentPps: 2e6 / 8 / 1400 / 10 });
    expect(least({ sends: false, receives: true })).toEqual({ receivedPps: expect.closeTo(1.786, 3) });
    expect(leastRates({ type: "cpu", percent: 100 }, { vcpus: 1, fairCpuPercent: 100 })).not.toHaveProperty("sentPps");
  });
});
