import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectSsh } from "../../lib/ssh/connect.ts";
import { readCapture } from "../../measure/capture/exchanges.ts";
import { matchFiles } from "../../measure/probes/ping/match-files.ts";
import { pingRecord } from "../../measure/probes/ping/record.ts";
import type { Manifest } from "../../measure/results/manifest.ts";
import { captureFile } from "../../measure/results/run-files.ts";
import type { TimeMetric } from "../../study/metric-lists.ts";
import { expectPlausible, manifestOf, Testbed } from "../support/testbed.ts";
import { VirtualPair } from "../support/virtual-pair.ts";

const pair = new VirtualPair();
let testbed: Testbed;

beforeAll(async () => {
  await pair.up();
  testbed = await Testbed.open("virtual", pair.inventoryFile);
});

afterAll(async () => {
  await pair.down();
  testbed?.forget();
});

/** Measures one run, and gives its manifest and its folder. */
async function measured(mainDriver: string): Promise<{ manifest: Manifest; directory: string }> {
  const [outcome] = await testbed.up({ mainDriver, packets: 100, cpuWindowSeconds: 1 }, [], 900_000);
  return { manifest: manifestOf(outcome), directory: outcome?.directory ?? "" };
}

/** Fails unless no frame was lost or late while the servers were in step. */
function expectInStep(manifest: Manifest): void {
  const { sharedClock } = pingRecord(manifest);
  expect(manifest.fidelity).toBe("emulated-virtual");
  if (!sharedClock) throw new Error("the run says nothing of a shared clock");
  for (const { lostFrames, lateFrames, latestNs, frames } of Object.values(sharedClock.counts)) {
    expect(frames).toBeGreaterThanOrEqual(100);
    expect([lostFrames, lateFrames]).toEqual([0, 0]);
    expect(latestNs).toBeLessThan(1000);
  }
}

/** Three seconds of a server's clock are a minute and more of a machine that does much else. */
const patient = { timeout: 900_000 };

/** Where the runs under passthrough are. */
let passthrough = "";

describe("a run in virtual time", patient, () => {
  let bridge: { manifest: Manifest; directory: string };

  it("measures the bridge by path length", async () => {
    bridge = await measured("virtio-bridge");
    expectInStep(bridge.manifest);
    expectPlausible(bridge.manifest);
  });

  it("has one clock in servers and guests: a second is a second", async () => {
    const { details, sharedClock, cpu } = pingRecord(bridge.manifest);
    expect(details.achievedRatePps).toBeGreaterThan(980);
    expect(details.achievedRatePps).toBeLessThan(1020);
    expect(details.clockRateErrorPpm?.low).toBeLessThanOrEqual(0);
    expect(details.clockRateErrorPpm?.high).toBeGreaterThanOrEqual(0);
    const { sender, responder } = sharedClock?.counts ?? {};
    const stepped = (sender?.virtualNs ?? 0) / 1e9;
    expect(Math.abs(stepped - (responder?.virtualNs ?? 0) / 1e9)).toBeLessThan(0.01);
    expect(stepped).toBeGreaterThan(cpu.sender.duringSamples[1]);
    for (const role of ["sender", "responder"]) {
      const { sysstat } = JSON.parse(readFileSync(join(bridge.directory, "ping", `mpstat-${role}.json`), "utf8"));
      const inStep: { timestamp: string }[] = sysstat.hosts[0].statistics.slice(0, cpu.sender.duringSamples[1]);
      expect(inStep).toHaveLength(cpu.sender.duringSamples[1]);
      const seconds = inStep.map(({ timestamp }) => Number(timestamp.slice(-2)));
      for (const [index, second] of seconds.entries()) expect(second).toBe(((seconds[0] ?? 0) + index) % 60);
    }
  });

  it("stamps in order, and its parts add up to what ping says", async () => {
    const { parameters, sharedClock } = pingRecord(bridge.manifest);
    const folder = join(bridge.directory, "ping");
    const files = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
    for (const point of ["sender.virt", "sender.nic", "responder.nic", "responder.virt"] as const) {
      const { exchanges } = await readCapture(files.get(captureFile(point)) ?? Buffer.alloc(0), {
        id: parameters.pingId,
      });
      const stamps = exchanges.flatMap(({ requestNs, replyNs }) => [requestNs, replyNs ?? 0n]);
      expect(stamps.length).toBeGreaterThanOrEqual(200);
      expect(stamps).toEqual(stamps.toSorted((a, b) => Number(a - b)));
    }
    const { match } = await matchFiles(files, parameters, {}, sharedClock?.stamps);
    expect(match.packets).toHaveLength(100);
    const parts: TimeMetric[] = [
      ...(["senderGuest", "senderOut", "wire", "responderIn"] as const),
      ...(["responderGuest", "responderOut", "senderIn"] as const),
    ];
    for (const { values } of match.packets) {
      expect(values.senderNicRtt).toBeLessThan(values.rtt ?? 0);
      expect(values.responseTime).toBeLessThan(values.senderNicRtt ?? 0);
      expect(values.wire).toBeGreaterThanOrEqual(2 * (sharedClock?.wireLatencyNs ?? 0));
      expect(parts.reduce((sum, part) => sum + (values[part] ?? Number.NaN), 0)).toBe(values.rtt);
      expect(
        Math.abs((values.wireOut ?? Number.NaN) + (values.wireBack ?? Number.NaN) - (values.wire ?? 0)),
      ).toBeLessThan(20);
      for (const way of [values.wireOut, values.wireBack])
        expect(way).toBeGreaterThan(sharedClock?.wireLatencyNs ?? Number.NaN);
    }
  });

  it("measures passthrough in step too", async () => {
    const { manifest, directory } = await measured("pci-passthrough");
    passthrough = join(directory, "..");
    expectInStep(manifest);
    expect(pingRecord(manifest).metrics.rttMs).toMatchObject({ n: 100 });
  });
});

it("fails when a server is killed in step, and the other server goes on within half a minute", patient, async () => {
  const more = { mainDriver: "pci-passthrough", packets: 100, cpuWindowSeconds: 1, runs: 2 };
  testbed.stack.configure(testbed.settings(more));
  const up = testbed.stack.pulumi(["up", "--yes", "--skip-preview"], { timeoutMs: 600_000 });
  await expect.poll(() => pair.isInStep(), { timeout: 300_000 }).toBe(true);
  const killed = Date.now();
  await pair.kill("responder");
  const ssh = await connectSsh("sender", testbed.inventory.hosts.sender, 30_000);
  expect(await ssh.run("cat /proc/sys/kernel/hostname")).toBe("sender\n");
  ssh.close();
  expect(Date.now() - killed).toBeLessThan(30_000);
  const { exitCode, all } = await up;
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(
    /attempt 1: .*(the other server has ended|responder: it has ended|responder .*: ended: the connection was lost)/,
  );
  expect(readdirSync(passthrough).filter((name) => name.startsWith("rep-"))).toEqual(["rep-01_run-01"]);
});
