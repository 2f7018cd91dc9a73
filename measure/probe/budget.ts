import { slowestBytesPerSecond } from "../../lib/arrival.ts";
import { type CapturedFactors, capturesPerPoint, type TimedFactors } from "../../study/terms.ts";
import type { Probe, ProbeBudget } from "../probes/probe.ts";
import { allProbes, probesOf } from "../probes/registry.ts";
import type { Fidelity } from "../results/fidelity.ts";
import { scheduleOf } from "./schedule.ts";

/** Times that a run is tried before it is given up. */
export const attempts = 3;

/**
 * Seconds that the guest waits before a probe begins: by then, what it cost the Sender server to give the command is over, and is
 * not counted as CPU usage of the probe.
 */
export const settleSeconds = 2;

/** Seconds of this machine that a second of the servers may take: of servers that count instructions it takes as long as those. */
const secondsPerSecond: Record<Fidelity, number> = {
  hardware: 1,
  emulated: 1,
  "emulated-virtual": 60,
  "emulated-kvm": 1,
};

/** Seconds for what is beside the probes: connecting, facts before and after, captures that begin to listen, guests' answers. */
const besideSeconds = 300;

/** Bytes of a run's manifest and of what mpstat samples in a short window. */
const besideBytes = 2 ** 17;
/** Bytes of an echo request and its reply, as they are captured once at four points. */
const capturedBytesPerPacket = 2 * 4 * 112;

/** How long a probe may hold both servers in step. */
export interface StepBudget {
  /** Seconds of this machine that a second of the servers may take. */
  slowness: number;
  /** Seconds of this machine for the windows and the probe. */
  inStepSeconds: number;
}

export function stepBudget({ windowSeconds, limitSeconds }: ProbeBudget, fidelity: Fidelity): StepBudget {
  const slowness = secondsPerSecond[fidelity];
  const { leadSeconds } = scheduleOf(windowSeconds, attempts);
  return { slowness, inStepSeconds: (leadSeconds + windowSeconds + settleSeconds + limitSeconds) * slowness };
}

/** How long a run may take, and how large it may become: for all who wait for it or carry it. */
export interface RunBudget {
  /** The most bytes that a probe may have printed, which its guest must hold. */
  outputBytes: number;
  /** Bytes that its files may have: what probes print, ping's packets at four points, mpstat's samples and the manifest. */
  runBytes: number;
  /** Seconds for one attempt, and for a run with all its attempts. */
  attemptSeconds: number;
  runSeconds: number;
}

/** Seconds for a probe: its windows, itself, and its output on its way home. */
function secondsOf(budget: ProbeBudget, fidelity: Fidelity): number {
  const { windowSeconds, limitSeconds, outputBytes } = budget;
  const measuring =
    fidelity === "emulated-virtual"
      ? stepBudget(budget, fidelity).inStepSeconds
      : 2 * windowSeconds + settleSeconds + limitSeconds;
  return measuring + Math.ceil(outputBytes / slowestBytesPerSecond);
}

export function runBudget(
  factors: TimedFactors & CapturedFactors,
  fidelity: Fidelity,
  probes: readonly Probe[] = allProbes,
): RunBudget {
  const budgets = probesOf(factors, probes).map((probe) => probe.budget(factors, fidelity));
  const attemptSeconds = budgets.reduce((sum, budget) => sum + secondsOf(budget, fidelity), besideSeconds);
  return {
    outputBytes: Math.max(0, ...budgets.map(({ outputBytes }) => outputBytes)),
    runBytes: budgets.reduce(
      (sum, { outputBytes }) => sum + outputBytes,
      besideBytes + factors.packets * capturesPerPoint(factors) * capturedBytesPerPacket,
    ),
    attemptSeconds,
    runSeconds: attempts * attemptSeconds,
  };
}

/** The most bytes that a file of a run may have: a capture of 65,535 exchanges of full frames has 20 million. */
export const mostFileBytes = 256 * 2 ** 20;
