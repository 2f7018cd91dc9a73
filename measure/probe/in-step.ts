import { LabError } from "../../lib/errors.ts";
import type { Role } from "../../lib/roles.ts";
import type { ClockRecord } from "../results/fidelity.ts";
import { stepBudget } from "./budget.ts";
import { stampMapOf } from "./clock-readings.ts";
import type { CommandInEndpoint } from "./command-in-endpoint.ts";
import { startLoadInStep } from "./load-in-step.ts";
import { onBoth, type PerRole } from "./roles.ts";
import type { Sampled } from "./sampling.ts";
import { lastSampleAt, type StepTimes, scheduleOf, secondsLate, windowsOf } from "./schedule.ts";
import type { ServerSession } from "./server-session.ts";
import { type HeldClock, holdClock } from "./shared-clock.ts";
import type { RunSpec } from "./spec.ts";
import type { ProbeTask } from "./task.ts";

/**
 * A window without a probe, then one with the probe inside it, in the seconds of the clock that both servers share. From the start of
 * sampling to the end of the probe nothing of ours speaks to a server or a VM: each has its commands before, and waits by itself.
 * @param attempt of the run, from 1
 * @returns also what the shared clock counted meanwhile
 * @throws LabError when the servers do not come into step or fall out of it, or the command was given too late
 */
export async function sampleInStep(
  { fidelity, ends }: RunSpec,
  clock: NonNullable<RunSpec["clock"]>,
  attempt: number,
  { budget }: ProbeTask,
  command: CommandInEndpoint,
  sessions: PerRole<ServerSession>,
): Promise<Sampled & { clock: ClockRecord }> {
  const schedule = scheduleOf(budget.windowSeconds, attempt);
  const { slowness, inStepSeconds } = stepBudget(budget, fidelity);
  const readBefore = await onBoth((role) => sessions[role].readClock());
  // Long enough for a probe that takes three times as long as usual.
  const loadSeconds = Math.ceil(2 * schedule.leadSeconds + budget.windowSeconds + 3 * budget.usualSeconds + 2);
  const load = await startLoadInStep(
    ends,
    { sender: sessions.sender.ssh, responder: sessions.responder.ssh },
    loadSeconds,
  );
  let held: HeldClock | undefined;
  try {
    const beforeCommand = await sessions.sender.now();
    await command.start({ afterSeconds: schedule.leadSeconds, tellsEnd: true });
    held = await holdClock(clock);
    const { sender: sampling } = await onBoth((role) => sessions[role].startSamplingAt(slowness));
    const times: StepTimes = { beforeCommand, sampling };
    const late = secondsLate(schedule, times);
    if (late > 0)
      throw new LabError(
        `${ends.sender.main.name}: giving it its command and starting mpstat took ${late.toFixed(1)} s too long`,
      );
    const ended = sessions.sender.sampledUntil(
      lastSampleAt(schedule, times, budget.usualSeconds),
      { sampling, ...command.endWord },
      inStepSeconds * 1000,
    );
    ended.catch(() => {}); // when the servers fall out of step, that is told
    const windows = windowsOf(schedule, times, await Promise.race([ended, held.broken]));
    const record = await held.release();
    await load.end();
    load.requireLasted(record.counts.sender.virtualNs / 1e9);
    const readAfter = await onBoth((role) => sessions[role].readClock());
    const stampsOf = (role: Role) => stampMapOf(readBefore[role], readAfter[role], record.counts[role].baseNs, role);
    const stamps = { sender: stampsOf("sender"), responder: stampsOf("responder") };
    return { answer: await command.collect(), windows, clock: { ...record, stamps } };
  } catch (error) {
    await held?.release().catch(() => {});
    await load.end().catch(() => {}); // it ends by itself, too
    throw error;
  }
}
