import { type TimedFactors, timingOf } from "../../study/terms.ts";
import type { Fidelity } from "../results/fidelity.ts";
import { scheduleOf } from "./schedule.ts";

/** Times that a run is tried before it is given up. */
export const attempts = 3;

/**
 * Seconds that the guest waits before it pings: by then, what it cost the Sender server to give the command is over, and is
 * not counted as CPU usage of the ping.
 */
export const settleSeconds = 2;

/** Seconds that ping waits for the last reply when it has never had one (its -W). */
export const lingerSeconds = 2;

/**
 * Milliseconds from request to request on the slowest path that still counts as working. ping sends at its rate, or after
 * 10 ms where that is above 1000 a second, and later when its VM gets no CPU.
 */
const slowestPacketMs: Record<Fidelity, number> = {
  hardware: 20,
  emulated: 250,
  "emulated-virtual": 50,
  "emulated-kvm": 250,
};

/** Seconds of this machine that a second of the servers may take: of servers that count instructions it takes as long as those. */
const secondsPerSecond: Record<Fidelity, number> = {
  hardware: 1,
  emulated: 1,
  "emulated-virtual": 60,
  "emulated-kvm": 1,
};

/** Seconds for what is beside the ping: connecting, facts before and after, captures that begin to listen, guests' answers. */
const besideSeconds = 300;

/** Bytes that must come home in a second. */
const slowestBytesPerSecond = 500_000;

/** A line of ping is 90 bytes; a packet may have two (an error, a duplicate). */
const pingBytesPerPacket = 200;

/** How long a run may take, and how large it may become: for all who wait for it or carry it. */
export interface RunBudget {
  /** Seconds that ping takes when nothing holds it up, once the guest has settled; nobody asks before. */
  pingSeconds: number;
  /** Milliseconds from question to question whether it has ended: each costs its server a little CPU. */
  askEveryMs: number;
  /** Seconds after which ping is ended, settling included. */
  pingLimitSeconds: number;
  /** Seconds of this machine that a second of the servers may take. */
  slowness: number;
  /** Seconds of this machine for the windows and ping, where the servers are in step then. */
  inStepSeconds: number;
  /** The most bytes that ping may have printed. */
  pingBytes: number;
  /** Seconds for one attempt, and for a run with all its attempts. */
  attemptSeconds: number;
  runSeconds: number;
}

export function runBudget(factors: TimedFactors, fidelity: Fidelity): RunBudget {
  const { packets, ratePps, windowSeconds } = timingOf(factors);
  const intervalMs = 1000 / ratePps;
  const pingLimitSeconds =
    settleSeconds + Math.ceil((packets * Math.max(intervalMs, slowestPacketMs[fidelity])) / 1000) + 10 * lingerSeconds;
  const pingBytes = 4096 + packets * pingBytesPerPacket;
  const slowness = secondsPerSecond[fidelity];
  const { leadSeconds } = scheduleOf(windowSeconds, attempts);
  const inStepSeconds = (leadSeconds + windowSeconds + pingLimitSeconds) * slowness;
  const measuringSeconds = fidelity === "emulated-virtual" ? inStepSeconds : 2 * windowSeconds + pingLimitSeconds;
  const attemptSeconds = besideSeconds + measuringSeconds + Math.ceil(pingBytes / slowestBytesPerSecond);
  return {
    pingSeconds: (packets * intervalMs) / 1000,
    askEveryMs: Math.min(5000, Math.max(1000, packets / 20)),
    ...{ pingLimitSeconds, slowness, inStepSeconds, pingBytes, attemptSeconds },
    runSeconds: attempts * attemptSeconds,
  };
}

/** Milliseconds within which a file of that size must have come home. */
export const transferLimitMs = (bytes: number) => 60_000 + (1000 * bytes) / slowestBytesPerSecond;

/** The most bytes that a file of a run may have: a capture of 65,535 exchanges of full frames has 20 million. */
export const mostFileBytes = 256 * 2 ** 20;
