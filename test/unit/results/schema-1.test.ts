import { expect, it } from "vitest";
import { pingRecord } from "../../../measure/probes/ping/record.ts";
import { readManifest } from "../../../measure/results/read-manifest.ts";

const hash = "0".repeat(64);
const cpu = { before: 1, during: 2, beforeSamples: [0, 1], duringSamples: [1, 2] };
const none = { unavailable: "made up" };

/** A manifest as runs had it when they knew ping alone. */
const manifest = {
  ...{
    schemaVersion: 1,
    status: "valid",
    problems: [],
    scenarioSha256: hash,
    environmentSha256: hash,
    environment: {},
  },
  scenario: {
    ...{ name: "made-up", sha256: hash },
    factors: {
      mainDriver: { sender: "virtio-bridge", responder: "virtio-bridge" },
      ...{ background: null, load: null, packets: 100, frameBytes: 64, pingRatePps: 1000, neighbour: "permanent" },
      ...{ cpuWindowSeconds: 1, guest: { memoryMiB: 96, vcpus: 1 } },
    },
  },
  ...{ fidelity: "emulated", replicate: 1, run: 1, token: "t", attempt: 1, seed: 1, pingId: 7 },
  ...{ started: "2026-01-01T00:00:00.000Z", ended: "2026-01-01T00:00:01.000Z" },
  deployment: { sender: "", responder: "" },
  files: { "ping.txt": { sha256: hash, bytes: 4 } },
  captures: { sender: [], responder: [] },
  unavailable: {},
  clocks: { sender: "tsc", responder: "tsc" },
  clockRateErrorPpm: { low: -1, high: 2 },
  ping: {
    ...{ requestedRatePps: 1000, achievedRatePps: 80, transmitted: 100, received: 99, duplicates: 0 },
    ...{ maxInFlight: null, seconds: 1.5 },
  },
  ...{ neighbourFrames: 3, flagged: { overhead: 1 }, cpu: { sender: cpu, responder: cpu } },
  pinning: { sender: null, responder: null },
  facts: {},
  metrics: { rttMs: none, rttOverheadMs: none, responseTimeMs: none },
};

it("a manifest of schema 1 tells all that it told, in today's shape", () => {
  const today = readManifest(JSON.stringify(manifest));
  expect(today).toMatchObject({ schemaVersion: 2, files: manifest.files, seed: 1 });
  expect(pingRecord(today)).toEqual({
    ...{ id: "ping", folder: "", captures: manifest.captures, cpu: manifest.cpu, metrics: manifest.metrics },
    parameters: { pingId: 7, packets: 100, ratePps: 1000 },
    details: {
      ...{ achievedRatePps: 80, transmitted: 100, received: 99, duplicates: 0, maxInFlight: null, seconds: 1.5 },
      ...{ neighbourFrames: 3, flagged: { overhead: 1 }, clockRateErrorPpm: { low: -1, high: 2 } },
    },
  });
});

it.each([
  ["no schema", {}],
  ["a schema that does not exist", { ...manifest, schemaVersion: 3 }],
  ["schema 1 without ping", { ...manifest, ping: undefined }],
])("%s is no manifest", (_name, content) => {
  expect(() => readManifest(JSON.stringify(content))).toThrow();
});
