import { LabError } from "../../lib/errors.ts";
import type { Role } from "../../lib/roles.ts";
import { timingOf } from "../../study/terms.ts";
import type { PingAnswer, PingInGuest } from "../probes/ping/ping-in-guest.ts";
import type { ClockRecord } from "../results/fidelity.ts";
import { runBudget } from "./budget.ts";
import { stampMapOf } from "./clock-readings.ts";
import { onBoth, type PerRole } from "./roles.ts";
import { lastSampleAt, type StepTimes, scheduleOf, secondsLate, type Windows, windowsOf } from "./schedule.ts";
import type { ServerSession } from "./server-session.ts";
import { holdClock } from "./shared-clock.ts";
import type { RunSpec } from "./spec.ts";

/** What was measured in step, and what the shared clock counted meanwhile. */
export interface SampledInStep {
  answer: PingAnswer;
  windows: Windows;
  clock: ClockRecord;
}

/**
 * A window without ping, then one with ping inside it, in the seconds of the clock that both servers share. From the start of
 * sampling to the end of ping nothing of ours speaks to a server or a VM: each has its commands before, and waits by itself.
 * @throws LabError when the servers do not come into step or fall out of it, or the command was given too late
 */
export async function pingInStep(
  { scenario, fidelity, ends }: RunSpec,
  clock: NonNullable<RunSpec["clock"]>,
  attempt: number,
  ping: PingInGuest,
  command: string,
  sessions: PerRole<ServerSession>,
): Promise<SampledInStep> {
  const schedule = scheduleOf(timingOf(scenario.factors).windowSeconds, attempt);
  const { slowness, inStepSeconds, pingSeconds } = runBudget(scenario.factors, fidelity);
  const readBefore = await onBoth((role) => sessions[role].readClock());
  const beforeCommand = await sessions.sender.now();
  await ping.start(command, { afterSeconds: schedule.leadSeconds, tellsConsole: true });
  const held = await holdClock(clock);
  try {
    const { sender: sampling } = await onBoth((role) => sessions[role].startSamplingAt(slowness));
    const times: StepTimes = { beforeCommand, sampling };
    const late = secondsLate(schedule, times);
    if (late > 0)
      throw new LabError(
        `${ends.sender.vm.domain}: giving the VM its command and starting mpstat took ${late.toFixed(1)} s too long`,
      );
    const ended = sessions.sender.sampledUntil(
      lastSampleAt(schedule, times, pingSeconds),
      { sampling, log: clock.consoleLog, word: ping.endWord },
      inStepSeconds * 1000,
    );
    ended.catch(() => {}); // when the servers fall out of step, that is told
    const windows = windowsOf(schedule, times, await Promise.race([ended, held.broken]));
    const record = await held.release();
    const readAfter = await onBoth((role) => sessions[role].readClock());
    const stampsOf = (role: Role) => stampMapOf(readBefore[role], readAfter[role], record.counts[role].baseNs, role);
    const stamps = { sender: stampsOf("sender"), responder: stampsOf("responder") };
    return { answer: await ping.collect(), windows, clock: { ...record, stamps } };
  } catch (error) {
    await held.release().catch(() => {});
    throw error;
  }
}
