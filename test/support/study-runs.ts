import type { PacketSummary, RunRecord } from "../../measure/dataset/run-record.ts";
import { runFactorsOf } from "../../study/factor-columns.ts";

/** What a made-up run is; what is left out is as in the plainest scenario. */
export interface MadeRun {
  main?: string;
  background?: { vms: number; driver: string };
  load?: { type: "cpu" | "network"; location: "sender" | "responder" };
  ratePps?: number;
  achievedPps?: number;
  replicate?: number;
  rttMs?: number;
  spreadMs?: number;
  maxMs?: number;
  overheadMs?: number;
  responseMs?: number;
  share?: number;
  cpu?: number;
  fidelity?: "hardware" | "emulated";
}

const summary = (median: number, spread: number, max: number): PacketSummary => ({
  n: 100,
  median,
  p05: median - spread,
  p25: median - spread / 2,
  p75: median + spread / 2,
  p95: median + spread,
  min: median - 2 * spread,
  max,
});

/** A run as an analysis sees it, from the few numbers that a test is about. */
export function madeRun(made: MadeRun = {}): RunRecord {
  const { main = "virtio-bridge", background, load, ratePps = 1000, replicate = 1, rttMs = 1, spreadMs = 0.1 } = made;
  const scenario = [main, background?.driver ?? "none", background?.vms ?? 0, load?.type, load?.location, ratePps].join(
    "_",
  );
  const ns = (ms: number) => ms * 1e6;
  return {
    directory: `${scenario}/rep-${replicate}_run-01`,
    batch: "",
    scenario,
    scenarioSha256: scenario,
    fidelity: made.fidelity ?? "hardware",
    ...runFactorsOf({
      sender_driver: main,
      responder_driver: main,
      background_vms: background?.vms ?? 0,
      background_driver: background?.driver ?? null,
      load_type: load?.type ?? null,
      load_location: load?.location ?? null,
      ping_rate_pps: ratePps,
    }),
    environmentSha256: "e",
    replicate,
    run: 1,
    started: "2026-01-01T00:00:00.000Z",
    order: null,
    mainVms: null,
    transmitted: 100,
    received: 100,
    achievedRatePps: made.achievedPps ?? ratePps,
    cpu: { cpuSender: made.cpu ?? 50, cpuResponder: made.cpu ?? 50 },
    metrics: {
      rtt: summary(ns(rttMs), ns(spreadMs), ns(made.maxMs ?? 10 * rttMs)),
      overhead: summary(ns(made.overheadMs ?? rttMs / 2), 1, 1),
      responseTime: summary(ns(made.responseMs ?? rttMs / 4), 1, 1),
      overheadShare: summary(made.share ?? 0.5, 0.01, 1),
    },
  };
}

/** Ten replicates of a run, each a little different and always in the same way. */
export const tenRuns = (made: MadeRun): RunRecord[] =>
  Array.from({ length: 10 }, (_, i) => {
    const factor = 1 + ((i * 7) % 10) / 1000;
    return madeRun({
      ...made,
      replicate: i + 1,
      rttMs: (made.rttMs ?? 1) * factor,
      cpu: (made.cpu ?? 50) + (i % 3) / 10,
    });
  });
