import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noVm } from "../../infra/vm/ports/namespaced-vf.ts";
import { roles } from "../../lib/roles.ts";
import { usageIn } from "../../measure/metrics/cpu-usage.ts";
import { asDeployedScript } from "../../measure/probe/as-deployed.ts";
import { differencesOf } from "../../measure/probe/differences.ts";
import { parseSeen } from "../../measure/probe/seen-server.ts";
import { pingRecord } from "../../measure/probes/ping/record.ts";
import { differenceText } from "../../measure/results/conditions.ts";
import type { ProbeRecord } from "../../measure/results/manifest.ts";
import { makeTestStack, type TestStack } from "../support/stack.ts";
import { expectPlausible, manifestOf, Testbed } from "../support/testbed.ts";

let testbed: Testbed;
let rival: TestStack;
let bridgeRun = "";

beforeAll(async () => {
  testbed = await Testbed.open("testbed");
  rival = await makeTestStack("rival");
});

afterAll(async () => {
  await testbed?.close();
  rival?.remove();
});

/** Another driver, and another network device in the Main VMs. */
const smallPackets = { mainDriver: "pci-passthrough", mtu: 1400 };
const marks = () => testbed.onServers("cat /run/sriov-rtt/nic-* /run/sriov-rtt/bridge-*");
const vms = () => testbed.onServers("virsh -q list --all; cat /run/libvirt/qemu/rtt-main.pid");

/** What a run would be told of both servers, and what mends it where no up does. @param main layer of the Main endpoint */
async function differing(main: "vm-rtt-main" | "host-rtt-main"): Promise<string[]> {
  const { pfs } = testbed.inventory.hosts.sender;
  const layers = [...pfs.map(({ name }) => `nic-${name}`), "bridge-rtt0", main];
  const deployed = { ports: pfs.map(({ name, vfs }) => ({ name, vfs })), layers, main };
  const texts = await testbed.onServers(asDeployedScript(deployed, false));
  return roles.flatMap((role, index) =>
    differencesOf(role, deployed, parseSeen(texts[index] ?? "", role)).map(differenceText),
  );
}
/** The one value of a metric that has one; fails where it is unavailable. */
function medianOf(record: ProbeRecord | undefined, metric: string): number {
  const summary = record?.metrics[metric];
  if (summary === undefined || !("median" in summary)) throw new Error(`${metric}: ${JSON.stringify(summary)}`);
  expect(summary.n).toBe(1);
  return summary.median;
}

describe("a testbed, from deployment to teardown", () => {
  it("deploys the bridge scenario and measures it", async () => {
    const [outcome] = await testbed.up({ mainDriver: "virtio-bridge" });
    const manifest = manifestOf(outcome);
    expectPlausible(manifest);
    expect(pingRecord(manifest).details.transmitted).toBe(50);
    bridgeRun = outcome?.directory ?? "";
  });

  it("changes nothing when nothing has changed", async () => {
    await testbed.up({ mainDriver: "virtio-bridge" }, ["--expect-no-changes"]);
  });

  it("finds nothing to change after a refresh", async () => {
    const { all, exitCode } = await testbed.stack.pulumi(["refresh", "--yes", "--skip-preview"]);
    expect(exitCode, all).toBe(0);
    await testbed.up({ mainDriver: "virtio-bridge" }, ["--expect-no-changes"]);
  });

  it("is refused to a second stack, which is told who has it", async () => {
    rival.configure(testbed.settings({ mainDriver: "pci-passthrough" }));
    const { all, exitCode } = await rival.pulumi(["up", "--yes", "--skip-preview"]);
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/in use by stack testbed .* since 20\d\d-/);
  });

  it("measures spoilt data again, keeps what was there, and touches no VM", async () => {
    const before = await vms();
    appendFileSync(join(bridgeRun, "ping/ping.txt"), "spoilt\n");
    const [outcome] = await testbed.up({ mainDriver: "virtio-bridge" });
    expect(outcome?.directory).toBe(bridgeRun);
    const kept = readdirSync(join(bridgeRun, "..")).find((name) => name.startsWith("spoilt_"));
    expect(readFileSync(join(bridgeRun, "..", kept ?? "", "ping/ping.txt"), "utf8")).toMatch(/spoilt\n$/);
    expect(await vms()).toEqual(before);
  });

  it("measures with netperf too where it is asked for, in the same VMs, and leaves no server of it there", async () => {
    const before = await vms();
    const own = { mainDriver: "virtio-bridge", probes: ["netperf"], netperfSeconds: 2 };
    const [outcome] = await testbed.up(own);
    const manifest = manifestOf(outcome);
    expectPlausible(manifest);
    expect(outcome?.directory).toMatch(/\/virtio-bridge_bg0_1kpps_netperf_[0-9a-f]{8}\//);
    expect(manifest.scenario.factors).toMatchObject({ probes: ["netperf"], netperfSeconds: 2 });
    const [, record] = manifest.probes;
    expect(record).toMatchObject({ id: "netperf", captures: { sender: [], responder: [] } });
    for (const test of ["udp", "tcp"]) {
      const [median, p99] = [medianOf(record, `${test}LatencyP50Ms`), medianOf(record, `${test}LatencyP99Ms`)];
      expect(median).toBeGreaterThan(0);
      expect(p99).toBeGreaterThanOrEqual(median);
      // One transaction is under way at a time: a rate is near the inverse of a latency.
      const rate = medianOf(record, `${test}TransactionsPerSecond`);
      expect(rate * median).toBeGreaterThan(1000 / 5);
      expect(rate * median).toBeLessThan(1000 * 2);
    }
    for (const role of roles) expect(record && usageIn(record.cpu[role], "during")).toBeGreaterThan(0);
    const [inSender, inResponder] = await testbed.inMainVms("cat /proc/[0-9]*/comm");
    expect(inResponder).not.toMatch(/netserver/);
    expect(inSender).not.toMatch(/netperf/);
    expect(await vms()).toEqual(before);
    await testbed.up(own, ["--expect-no-changes"]);
  });

  it("changes the driver without touching NIC and bridge", async () => {
    const before = await marks();
    const [outcome] = await testbed.up(smallPackets);
    const manifest = manifestOf(outcome);
    const { metrics } = pingRecord(manifest);
    expect(metrics.rttMs).toHaveProperty("median");
    for (const metric of [metrics.rttOverheadMs, metrics.responseTimeMs])
      expect(metric).toEqual({ unavailable: expect.stringMatching(/bypass the host kernel/) });
    expect(Object.keys(manifest.files).filter((name) => name.endsWith(".pcap"))).toEqual([]);
    expect(await marks()).toEqual(before);
    expect(await testbed.inMainVms("cat /sys/class/net/eth0/mtu")).toEqual(["1400", "1400"]);
  });

  it("heals a VM that vanished behind its back, and keeps the run that counts", async () => {
    const before = await testbed.runs();
    await testbed.onServers("virsh -q destroy rtt-main; virsh -q undefine rtt-main");
    expect(await testbed.up(smallPackets)).toEqual(before);
    expect(await testbed.onServers("virsh -q domstate rtt-main")).toEqual(["running", "running"]);
  });

  it("tells what somebody else changes, and makes it anew with the next up, which keeps the run that counts", async () => {
    expect(await differing("vm-rtt-main")).toEqual([]);
    const before = await testbed.runs();
    await testbed.onServers(`echo "<interface type='bridge'><source bridge='rtt0'/><model type='virtio'/></interface>" > /tmp/device.xml
virsh -q attach-device rtt-main /tmp/device.xml
rm /tmp/device.xml`);
    await testbed.onServer("sender", "ip link set dev pf0 vf 0 vlan 9");
    const told = await differing("vm-rtt-main");
    expect(told).toContain("sender: VF 0 of pf0, which rtt-main has: vlan: declared 0, found 9");
    for (const role of roles)
      expect(told).toContainEqual(
        expect.stringMatching(`^${role}: definition of rtt-main: .*<interface type='bridge'>`),
      );
    expect(told).toHaveLength(3);
    expect(await testbed.up(smallPackets)).toEqual(before);
    expect(await differing("vm-rtt-main")).toEqual([]);
  });

  it("measures with the servers themselves in place of the VMs, captured at their VFs alone", async () => {
    const [outcome] = await testbed.up({ mainDriver: "host-vf" });
    const manifest = manifestOf(outcome);
    const { metrics, captures, details } = pingRecord(manifest);
    expect(details.transmitted).toBe(50);
    const { rttMs, rttOverheadMs, responseTimeMs } = metrics;
    if (!("median" in rttMs && "median" in rttOverheadMs && "median" in responseTimeMs))
      throw new Error(`a metric is unavailable: ${JSON.stringify(metrics)}`);
    for (const part of [rttOverheadMs, responseTimeMs]) {
      expect(part.median).toBeGreaterThan(0);
      expect(part.median).toBeLessThan(rttMs.median);
    }
    for (const role of roles)
      expect(captures[role]).toEqual([
        expect.objectContaining({ hop: "nic", interface: "rtt-main/rtt0v0", droppedByKernel: 0 }),
      ]);
    expect(new Set(manifest.missing?.map(({ at }) => at))).toEqual(new Set(["sender.virt", "responder.virt"]));
    for (const { reason } of manifest.missing ?? []) expect(reason).toBe(noVm);
    const there = "virsh -q list --all --name; ip netns list | cut -d ' ' -f 1";
    expect(await testbed.onServers(there)).toEqual(["rtt-main", "rtt-main"]);
  });

  it("keeps a run aside during which a VF was changed, refuses to try it again, and measures it after the next up", async () => {
    const threeRuns = { mainDriver: "host-vf", runs: 3 };
    testbed.stack.configure(testbed.settings(threeRuns));
    const deploying = testbed.stack.pulumi(["up", "--yes", "--skip-preview"]);
    // The first run counts; the second is under way once a server has a session's folder.
    const isMeasuring = async () =>
      (await testbed.onServers("ls -d /run/sriov-rtt/run.* 2> /dev/null || true")).every((folder) => folder !== "");
    for (const deadline = Date.now() + 240_000; !(await isMeasuring()); await sleep(500))
      if (Date.now() > deadline) throw new Error(`no run has begun: ${(await deploying).all}`);
    await testbed.onServer("sender", "ip link set dev pf0 vf 0 spoofchk off");
    const { all, exitCode } = await deploying;
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/sender: VF 0 of pf0, which rtt-main has: spoofchk: declared on, found off/);
    expect(all).toMatch(/Run up again: it makes anew what differs/);
    const outcomes = await testbed.up(threeRuns);
    const second = outcomes.find(({ directory }) => directory.endsWith("_run-02"));
    const scenario = dirname(second?.directory ?? "");
    const aside = readdirSync(scenario).filter((name) => name.startsWith("invalid_rep-01_run-02"));
    expect(aside).toHaveLength(1);
    expect(readFileSync(join(scenario, aside[0] ?? "", "manifest.json"), "utf8")).toContain(
      "something was changed while it was measured: sender: VF 0 of pf0",
    );
    const { conditions, refused } = manifestOf(second);
    expect(refused).toHaveLength(1);
    for (const role of roles)
      expect(conditions?.[role].ports).toEqual([expect.objectContaining({ name: "pf0", carrier: true })]);
  });

  it("tells that a VF is gone, and that a link is down, which no up mends", async () => {
    expect(await differing("host-rtt-main")).toEqual([]);
    await testbed.onServer(
      "sender",
      "cd /sys/class/net/pf0/device; vf=$(readlink virtfn0); echo ${vf##*/} > virtfn0/driver/unbind",
    );
    expect(await differing("host-rtt-main")).toEqual([
      "sender: rtt-main: declared there, found gone, or not ours any more",
    ]);
    await testbed.onServers("ip link set dev pf0 down");
    expect((await differing("host-rtt-main")).filter((line) => line.includes("link of"))).toEqual(
      roles.map((role) => expect.stringMatching(`^${role}: link of pf0: declared up, found down; set the port up`)),
    );
    await testbed.onServers("ip link set dev pf0 up");
    await testbed.up({ mainDriver: "host-vf", runs: 3 });
    expect(await differing("host-rtt-main")).toEqual([]);
  });

  it("leaves nothing behind", async () => {
    await testbed.destroy();
    expect(await testbed.leftovers()).toEqual(["0", "0"]);
    expect(existsSync(join(bridgeRun, "manifest.json"))).toBe(true);
  });
});
