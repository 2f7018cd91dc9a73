import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../lib/canonical.ts";
import type { Manifest } from "../measure/results/manifest.ts";
import { checksumsOf, inFolder } from "../measure/results/run-files.ts";
import { runFolder } from "../measure/results/token.ts";
import { type Random, seededRandom } from "../measure/statistics/random.ts";
import { byPublishedName } from "../study/metric-lists.ts";
import type { Factors, Scenario } from "../study/scenario.ts";
import { alikeMains, mainVmKeys, timedFactors, timingOf } from "../study/terms.ts";

const points = ["sender-virt", "sender-nic", "responder-nic", "responder-virt"] as const;
const packets = 100;
const capturedBytes = 60;
const epochSeconds = 1_795_456_975;

/** Scenarios like those of the paper's grid: every driver, number of background VMs, load, location and frequency. */
function* syntheticScenarios(): Generator<Factors> {
  const mains = ["e1000-bridge", "virtio-bridge", "macvtap-passthrough", "pci-passthrough"];
  const fixed = {
    frameBytes: 64,
    neighbour: "permanent",
    guest: { memoryMiB: 128, vcpus: 1 },
  } as const;
  for (let repetition = 0; ; repetition++)
    for (const ratePps of [1000, 1_000_000])
      for (const main of mains)
        for (const driver of ["virtio-bridge", main === "virtio-bridge" ? "pci-passthrough" : main])
          for (const vms of [8, 32, 64, 128])
            for (const type of ["cpu", "network"] as const)
              for (const location of ["sender", "responder"] as const)
                yield {
                  ...fixed,
                  // Further grids differ in a factor that no table splits by.
                  guest: { memoryMiB: 128 + repetition, vcpus: 1 },
                  ...alikeMains(main),
                  background: { vms, driver },
                  load: { type, location },
                  ...timedFactors({ packets, ratePps, windowSeconds: 10 }),
                };
}

interface Packet {
  atNs: number;
  rttNs: number;
}

function pcap(run: readonly Packet[], share: number, id: number): Buffer {
  const file = Buffer.alloc(24 + 2 * packets * (16 + capturedBytes));
  file.writeUInt32LE(0xa1b23c4d, 0);
  file.writeUInt16LE(2, 4);
  file.writeUInt16LE(4, 6);
  file.writeUInt32LE(128, 16);
  file.writeUInt32LE(1, 20);
  let at = 24;
  const record = (ns: number, type: 0 | 8, seq: number, sentNs: number) => {
    file.writeUInt32LE(epochSeconds + Math.floor(ns / 1e9), at);
    file.writeUInt32LE(Math.floor(ns % 1e9), at + 4);
    file.writeUInt32LE(capturedBytes, at + 8);
    file.writeUInt32LE(capturedBytes, at + 12);
    const ip = at + 16 + 14;
    file.writeUInt16BE(0x0800, ip - 2);
    file.writeUInt32BE(0x4500_002e, ip);
    file.writeUInt32BE(0x4001_0000, ip + 8);
    file.writeUInt32BE(type === 8 ? 0x0a09_0065 : 0x0a09_00c9, ip + 12);
    file.writeUInt32BE(type === 8 ? 0x0a09_00c9 : 0x0a09_0065, ip + 16);
    file.writeUInt8(type, ip + 20);
    // Sums differ in the type alone, as they do on the wire.
    file.writeUInt16BE(type === 8 ? 0x1000 : 0x1800, ip + 22);
    file.writeUInt16BE(id, ip + 24);
    file.writeUInt16BE(seq, ip + 26);
    // ping's struct timeval, by a guest's clock that agrees with its server's.
    file.writeUInt32LE(epochSeconds + Math.floor(sentNs / 1e9), ip + 28);
    file.writeUInt32LE(Math.floor((sentNs % 1e9) / 1000), ip + 36);
    at += 16 + capturedBytes;
  };
  for (const [i, { atNs, rttNs }] of run.entries()) {
    const inside = (rttNs * (1 - share)) / 2;
    record(atNs + inside, 8, i + 1, atNs);
    record(atNs + rttNs - inside, 0, i + 1, atNs);
  }
  return file;
}

function pingText(run: readonly Packet[]): string {
  const lines = run.map(
    ({ rttNs }, i) =>
      `26 bytes from 10.9.0.201: icmp_seq=${i + 1} ttl=64 time=${(rttNs / 1e6).toFixed(6).slice(0, -3)} ms`,
  );
  const totals = `${packets} packets transmitted, ${packets} received, 0% packet loss, time 1200ms`;
  return `PING 10.9.0.201 (10.9.0.201) 18(46) bytes of data.\n${lines.join("\n")}\n\n--- 10.9.0.201 ping statistics ---\n${totals}\nrtt min/avg/max/mdev = 1.000/1.000/1.000/1.000 ms\n`;
}

const cpu = (random: Random) => ({
  before: 5,
  during: 40 + 10 * random.uniform(),
  beforeSamples: [0, 10] as [number, number],
  duringSamples: [10, 20] as [number, number],
});

function runFiles(factors: Factors, random: Random): Map<string, Buffer> {
  const base =
    { "e1000-bridge": 3, "virtio-bridge": 2, "macvtap-passthrough": 1.5 }[factors[mainVmKeys.driver].sender] ?? 1;
  const slow = base * (1 + (factors.background?.vms ?? 0) / 32) * (0.9 + 0.2 * random.uniform());
  let atNs = 0;
  const run = Array.from({ length: packets }, () => {
    const rttNs = Math.round(slow * (0.8 - 0.3 * Math.log(1 - random.uniform())) * 1000) * 1000;
    atNs += 1e6 + rttNs;
    return { atNs, rttNs };
  });
  const files = new Map<string, Buffer>([["ping.txt", Buffer.from(pingText(run))]]);
  for (const [i, point] of points.entries()) files.set(`${point}.pcap`, pcap(run, 0.9 - 0.2 * i, 1001));
  return files;
}

function manifestOf(scenario: Scenario, run: number, files: ReadonlyMap<string, Buffer>, random: Random): Manifest {
  const captures = (role: string) =>
    (["nic", "virt"] as const).map((hop) => ({
      ...{ hop, interface: hop, file: `${role}-${hop}.pcap` },
      ...{ captured: 200, receivedByFilter: 200, droppedByKernel: 0 },
    }));
  const none = { unavailable: "synthetic" };
  return {
    ...{ schemaVersion: 2, status: "valid", problems: [], scenario, scenarioSha256: scenario.sha256 },
    ...{ environmentSha256: sha256("synthetic"), environment: {}, fidelity: "hardware", replicate: run, run: 1 },
    ...{ token: "synthetic", attempt: 1, seed: 1 },
    ...{ started: "2026-01-01T00:00:00.000Z", ended: "2026-01-01T00:00:30.000Z" },
    deployment: { sender: "", responder: "" },
    files: checksumsOf(inFolder(files, "ping")),
    unavailable: {},
    clocks: { sender: "tsc", responder: "tsc" },
    pinning: { sender: null, responder: null },
    // As much text as a real run brings: what ethtool and the kernel say, before and after.
    facts: { text: "x".repeat(30_000) },
    probes: [
      {
        id: "ping",
        parameters: { pingId: 1001, packets: packets, ratePps: timingOf(scenario.factors).ratePps, payloadBytes: 18 },
        folder: "ping",
        captures: { sender: captures("sender"), responder: captures("responder") },
        cpu: { sender: cpu(random), responder: cpu(random) },
        metrics: byPublishedName(() => none),
        details: {
          achievedRatePps: 80,
          transmitted: packets,
          received: packets,
          duplicates: 0,
          maxInFlight: 1,
          seconds: 1.2,
          neighbourFrames: 0,
          flagged: {},
          clockRateErrorPpm: null,
        },
      },
    ],
  };
}

/** The first of the synthetic scenarios. */
export function someScenarios(count: number): Scenario[] {
  const scenarios: Scenario[] = [];
  for (const factors of syntheticScenarios()) {
    if (scenarios.length === count) break;
    const hash = sha256(canonicalJson(factors));
    scenarios.push({ name: `${factors[mainVmKeys.driver].sender}_${hash.slice(0, 8)}`, sha256: hash, factors });
  }
  return scenarios;
}

/** Writes a results directory of these scenarios, each with so many runs of 100 packets and four captures. */
export function writeSyntheticResults(directory: string, scenarios: readonly Scenario[], runs: number): void {
  const random = seededRandom(1);
  for (const scenario of scenarios)
    for (let run = 1; run <= runs; run++) {
      const folder = join(directory, runFolder(scenario, run, 1));
      const files = runFiles(scenario.factors, random);
      mkdirSync(join(folder, "ping"), { recursive: true });
      for (const [name, data] of inFolder(files, "ping")) writeFileSync(join(folder, name), data);
      writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifestOf(scenario, run, files, random)));
    }
}
