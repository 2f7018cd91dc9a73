import { setTimeout as sleep } from "node:timers/promises";
import type { CpuWindows } from "../metrics/cpu-usage.ts";
import type { ClockRecord } from "../results/fidelity.ts";
import { settleSeconds } from "./budget.ts";
import type { CommandInEndpoint, ProbeAnswer } from "./command-in-endpoint.ts";
import { onBoth, type PerRole } from "./roles.ts";
import type { ServerSession } from "./server-session.ts";
import type { ProbeTask } from "./task.ts";

/** What a probe answered, and the windows of CPU usage: before it, and with it inside. */
export interface Sampled {
  answer: ProbeAnswer;
  windows: CpuWindows;
  /** What the clock that the servers share has counted, where they share one. */
  clock?: ClockRecord;
}

/** A clock that starts with CPU sampling. */
function clockFromNow() {
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  return { elapsed, sleepUntil: (seconds: number) => sleep(Math.max(0, seconds + 0.1 - elapsed()) * 1000) };
}

/** A window without a probe, then one with the probe inside it, in the seconds of mpstat's clock. */
export async function sampleByWallClock(
  { budget, probe, command: { shell } }: ProbeTask,
  command: CommandInEndpoint,
  sessions: PerRole<ServerSession>,
  say: (line: string) => void,
): Promise<Sampled> {
  const { windowSeconds: window, usualSeconds } = budget;
  await onBoth((role) => sessions[role].startSampling());
  const { elapsed, sleepUntil } = clockFromNow();
  await sleepUntil(window);
  const from = Math.floor(elapsed() + settleSeconds);
  await command.start();
  const startedWithin = elapsed() + settleSeconds;
  say(`${probe.id}: ${shell}`);
  await sleepUntil(Math.max(from + window, startedWithin + usualSeconds));
  await command.ended();
  await sleepUntil(Math.ceil(elapsed())); // what comes now is not counted as CPU usage of the probe either
  const answer = await command.collect();
  const endedWithin = startedWithin + answer.seconds;
  const until = Math.max(from + window, Math.ceil(endedWithin));
  await sleepUntil(until + 0.5);
  return { answer, windows: { before: [0, window], during: [from, until] } };
}
