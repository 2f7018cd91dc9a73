import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noVm } from "../../infra/vm/ports/namespaced-vf.ts";
import { roles } from "../../lib/roles.ts";
import { usageIn } from "../../measure/metrics/cpu-usage.ts";
import { pingRecord } from "../../measure/probes/ping/record.ts";
import { differing } from "../support/differing.ts";
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
const competing = { backgroundVms: 1, loadType: "cpu", loadLocation: "sender" };
const marks = () => testbed.onServers("cat /run/sriov-rtt/nic-* /run/sriov-rtt/bridge-*");
const vms = () => testbed.onServers("virsh -q list --all; cat /run/libvirt/qemu/rtt-main.pid");

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

  it("adds a background VM that loads a server, and sees the load, while no Main VM is touched", async () => {
    const before = await vms();
    const [outcome] = await testbed.up({ mainDriver: "virtio-bridge", ...competing });
    const { background, probes } = manifestOf(outcome);
    expect(background?.sender).toEqual([expect.objectContaining({ vm: "rtt-bg-001" })]);
    expect(background?.sender[0]?.cpuPercent).toBeGreaterThan(25);
    expect(background?.responder).toEqual([]);
    const [loaded, idle] = roles.map((role) => usageIn(pingRecord({ probes }).cpu[role], "before"));
    expect(loaded).toBeGreaterThan(idle ?? 100);
    const there = await testbed.onServers("echo $(cat /run/libvirt/qemu/rtt-main.pid); virsh -q list --all --name");
    expect(there[0]?.split("\n").slice(1).sort()).toEqual(["rtt-bg-001", "rtt-main"]);
    expect(there.map((text) => text.split("\n")[0])).toEqual(before.map((text) => text.split("\n").at(-1)));
  });

  it("changes the driver without touching NIC and bridge, and removes the background VM", async () => {
    const before = await marks();
    const [outcome] = await testbed.up(smallPackets);
    const manifest = manifestOf(outcome);
    const { metrics } = pingRecord(manifest);
    expect(metrics.rttMs).toHaveProperty("median");
    for (const metric of [metrics.rttOverheadMs, metrics.responseTimeMs])
      expect(metric).toEqual({ unavailable: expect.stringMatching(/bypass the host kernel/) });
    expect(Object.keys(manifest.files).filter((name) => name.endsWith(".pcap"))).toEqual([]);
    expect(manifest.background).toBeUndefined();
    expect(JSON.stringify(manifest.facts)).not.toContain("rtt-bg");
    expect(await testbed.onServers("virsh -q list --all --name")).toEqual(["rtt-main", "rtt-main"]);
    expect(await marks()).toEqual(before);
    expect(await testbed.inMainVms("cat /sys/class/net/eth0/mtu")).toEqual(["1400", "1400"]);
  });

  it("tells what somebody else changes, and makes it and a VM that vanished anew with the next up, which keeps the run that counts", async () => {
    expect(await differing(testbed, "vm-rtt-main")).toEqual([]);
    const before = await testbed.runs();
    await testbed.onServer(
      "sender",
      `echo "<interface type='bridge'><source bridge='rtt0'/><model type='virtio'/></interface>" > /tmp/device.xml
virsh -q attach-device rtt-main /tmp/device.xml
rm /tmp/device.xml
ip link set dev pf0 vf 0 vlan 9`,
    );
    await testbed.onServer("responder", "virsh -q destroy rtt-main; virsh -q undefine rtt-main");
    const told = await differing(testbed, "vm-rtt-main");
    expect(told).toContain("sender: VF 0 of pf0, which rtt-main has: vlan: declared 0, found 9");
    expect(told).toContainEqual(expect.stringMatching(/^sender: definition of rtt-main: .*<interface type='bridge'>/));
    expect(told).toContain("responder: rtt-main: declared there, found gone, or not ours any more");
    expect(told).toHaveLength(3);
    expect(await testbed.up(smallPackets)).toEqual(before);
    expect(await testbed.onServers("virsh -q domstate rtt-main")).toEqual(["running", "running"]);
    expect(await differing(testbed, "vm-rtt-main")).toEqual([]);
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

  it("leaves nothing behind", async () => {
    await testbed.destroy();
    expect(await testbed.leftovers()).toEqual(["0", "0"]);
    expect(existsSync(join(bridgeRun, "manifest.json"))).toBe(true);
  });
});
