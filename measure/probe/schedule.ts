import type { CpuWindows } from "../metrics/cpu-usage.ts";

/** How long the parts of a run in step take, in seconds of the servers. */
export interface Schedule {
  /** The guest waits so long before its command begins, from when it is given it. */
  leadSeconds: number;
  settleSeconds: number;
  windowSeconds: number;
}

/** Seconds without any of our commands before a window: by then what it cost a server to be given the last one is over. */
const settleSeconds = 1;

/**
 * Seconds of the servers that giving the command and starting to sample may take at the first attempt, four times as many at each
 * further one. All of them pass in step: emulated servers took 0.1 s without load.
 */
const givingSeconds = 0.5;

/**
 * The guest is given its command first, and no server is spoken to from then on: the guest waits while sampling starts, a
 * server settles, and the window without ping passes.
 * @param attempt of this run, from 1: when giving the command took too long, the next attempt allows more for it
 */
export const scheduleOf = (windowSeconds: number, attempt: number): Schedule => ({
  leadSeconds: givingSeconds * 4 ** (attempt - 1) + settleSeconds + windowSeconds,
  settleSeconds,
  windowSeconds,
});

/** Times on the Sender server's clock, in seconds. */
export interface StepTimes {
  /** Read before the guest was given its command. */
  beforeCommand: number;
  /** When sampling began. */
  sampling: number;
}

/** When the probe begins at the earliest, in seconds since sampling began. */
const earliestBegin = ({ leadSeconds }: Schedule, { beforeCommand, sampling }: StepTimes) =>
  beforeCommand + leadSeconds - sampling;

/** Seconds by which the command was given too late: the probe may have begun in the window without it. 0: it was in time. */
export const secondsLate = (schedule: Schedule, times: StepTimes): number =>
  Math.max(0, schedule.settleSeconds + schedule.windowSeconds - earliestBegin(schedule, times));

/**
 * When the last sample of the window with the probe begins, on the server's clock, unless the probe takes longer than it should.
 * @param usualSeconds that the probe takes when nothing holds it up
 */
export const lastSampleAt = (schedule: Schedule, times: StepTimes, usualSeconds: number): number => {
  const earliest = earliestBegin(schedule, times);
  return times.sampling + Math.max(Math.floor(earliest) + schedule.windowSeconds - 1, earliest + usualSeconds);
};

/** mpstat's windows. @param sampled time on the server's clock until which it sampled after the probe had ended */
export const windowsOf = (schedule: Schedule, times: StepTimes, sampled: number): CpuWindows => ({
  before: [schedule.settleSeconds, schedule.settleSeconds + schedule.windowSeconds],
  during: [Math.floor(earliestBegin(schedule, times)), Math.floor(sampled - times.sampling)],
});
