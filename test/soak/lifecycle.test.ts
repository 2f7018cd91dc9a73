import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roles } from "../../lib/roles.ts";
import { usageIn } from "../../measure/metrics/cpu-usage.ts";
import type { ProbeRecord } from "../../measure/results/manifest.ts";
import { differing } from "../support/differing.ts";
import { expectPlausible, manifestOf, Testbed } from "../support/testbed.ts";

let testbed: Testbed;

beforeAll(async () => {
  testbed = await Testbed.open("soak-lifecycle");
});

afterAll(() => testbed?.close());

const vms = () => testbed.onServers("virsh -q list --all; cat /run/libvirt/qemu/rtt-main.pid");

/** The one value of a metric that has one; fails where it is unavailable. */
function medianOf(record: ProbeRecord | undefined, metric: string): number {
  const summary = record?.metrics[metric];
  if (summary === undefined || !("median" in summary)) throw new Error(`${metric}: ${JSON.stringify(summary)}`);
  expect(summary.n).toBe(1);
  return summary.median;
}

describe("a testbed that is deployed", () => {
  it("is measured", async () => {
    const [outcome] = await testbed.up({ mainDriver: "virtio-bridge" });
    expectPlausible(manifestOf(outcome));
  });

  it("finds nothing to change after a refresh", async () => {
    const { all, exitCode } = await testbed.stack.pulumi(["refresh", "--yes", "--skip-preview"]);
    expect(exitCode, all).toBe(0);
    await testbed.up({ mainDriver: "virtio-bridge" }, ["--expect-no-changes"]);
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
    expect(await differing(testbed, "host-rtt-main")).toEqual([]);
    await testbed.onServer(
      "sender",
      "cd /sys/class/net/pf0/device; vf=$(readlink virtfn0); echo ${vf##*/} > virtfn0/driver/unbind",
    );
    expect(await differing(testbed, "host-rtt-main")).toEqual([
      "sender: rtt-main: declared there, found gone, or not ours any more",
    ]);
    await testbed.onServers("ip link set dev pf0 down");
    expect((await differing(testbed, "host-rtt-main")).filter((line) => line.includes("link of"))).toEqual(
      roles.map((role) => expect.stringMatching(`^${role}: link of pf0: declared up, found down; set the port up`)),
    );
    await testbed.onServers("ip link set dev pf0 up");
    await testbed.up({ mainDriver: "host-vf", runs: 3 });
    expect(await differing(testbed, "host-rtt-main")).toEqual([]);
  });

  it("leaves nothing behind", async () => {
    await testbed.destroy();
    expect(await testbed.leftovers()).toEqual(["0", "0"]);
  });
});
