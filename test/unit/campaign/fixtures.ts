import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PlannedDeployment, plannedDeployments } from "../../../cli/campaign/deployments.ts";
import { readExperiments } from "../../../cli/campaign/experiment.ts";
import { planCampaign } from "../../../cli/campaign/plan.ts";
import { sha256 } from "../../../lib/canonical.ts";
import type { Manifest, ProbeRecord } from "../../../measure/results/manifest.ts";
import { runFolder } from "../../../measure/results/token.ts";

/** The first scenarios of the emulated baseline, each to be deployed once or as often as is asked, with two runs. */
export function deployments(count: number, replicates = 1): PlannedDeployment[] {
  const effort = { limit: count, replicates, runs: 2 };
  const plan = planCampaign(readExperiments(["baseline"]), { profile: "emulated", order: "cheapest", ...effort });
  return plannedDeployments(plan.scenarios, plan.order.rule);
}

/** Publishes a run that counts, with one file, and returns its folder. */
export function writeRun(
  results: string,
  { scenario: { name, hash, factors }, replicate }: PlannedDeployment,
  run: number,
  fidelity: Manifest["fidelity"] = "emulated",
  environment: Manifest["environment"] = {},
): string {
  const scenario = { name, sha256: hash, factors };
  const folder = join(results, runFolder(scenario, replicate, run));
  const cpu = { before: 1, during: 2, beforeSamples: [0, 1], duringSamples: [1, 2] } as ProbeRecord["cpu"]["sender"];
  const none = { unavailable: "made up" };
  const manifest: Manifest = {
    schemaVersion: 2,
    status: "valid",
    problems: [],
    scenario,
    scenarioSha256: hash,
    environmentSha256: sha256("made up"),
    environment,
    fidelity,
    replicate,
    run,
    token: "made-up",
    attempt: 1,
    seed: 1,
    started: "2026-01-01T00:00:00.000Z",
    ended: "2026-01-01T00:00:01.000Z",
    deployment: { sender: "", responder: "" },
    files: { "ping.txt": { sha256: sha256("pong"), bytes: 4 } },
    unavailable: {},
    clocks: { sender: "tsc", responder: "tsc" },
    pinning: { sender: null, responder: null },
    facts: {},
    probes: [
      {
        id: "ping",
        parameters: { pingId: 1, packets: 100, ratePps: factors.pingRatePps, payloadBytes: 18 },
        folder: "",
        captures: { sender: [], responder: [] },
        cpu: { sender: cpu, responder: cpu },
        metrics: { rttMs: none, rttOverheadMs: none, responseTimeMs: none },
        details: {
          achievedRatePps: 80,
          transmitted: 100,
          received: 100,
          duplicates: 0,
          maxInFlight: 1,
          seconds: 1,
          neighbourFrames: 0,
          flagged: {},
          clockRateErrorPpm: null,
        },
      },
    ],
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "ping.txt"), "pong");
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  return folder;
}
