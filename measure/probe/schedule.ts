/** mpstat's samples of a run, a second each, counted from its start on a server: [from, to). */
export interface Windows {
  before: [number, number];
  during: [number, number];
}

/** How long the parts of a run in step take, in seconds of the servers. */
export interface Schedule {
  /** The guest waits so long before it pings, from when it is given the command. */
  leadSeconds: number;
  settleSeconds: number;
  windowSeconds: number;
}

/** Seconds without any of our commands before a window: by then what it cost a server to be given the last one is over. */
const settleSeconds = 1;

/**
 * The guest is given its command first, and no server is spoken to from then on: the guest waits while sampling starts, a
 * server settles, and the window without ping passes.
 * @param attempt of this run, from 1: when giving the command took too long, the next attempt allows more for it
 */
export const scheduleOf = (windowSeconds: number, attempt: number): Schedule => ({
  leadSeconds: 2 ** attempt + settleSeconds + windowSeconds,
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

/** When ping begins at the earliest, in seconds since sampling began. */
const earliestPing = ({ leadSeconds }: Schedule, { beforeCommand, sampling }: StepTimes) =>
  beforeCommand + leadSeconds - sampling;

/** Seconds by which the command was given too late: ping may have begun in the window without it. 0: it was in time. */
export const secondsLate = (schedule: Schedule, times: StepTimes): number =>
  Math.max(0, schedule.settleSeconds + schedule.windowSeconds - earliestPing(schedule, times));

/**
 * When the last sample of the window with ping begins, on the server's clock, unless ping takes longer than it should.
 * @param pingSeconds that ping takes when nothing holds it up
 */
export const lastSampleAt = (schedule: Schedule, times: StepTimes, pingSeconds: number): number => {
  const earliest = earliestPing(schedule, times);
  return times.sampling + Math.max(Math.floor(earliest) + schedule.windowSeconds - 1, earliest + pingSeconds);
};

/** mpstat's windows. @param sampled time on the server's clock until which it sampled after ping had ended */
export const windowsOf = (schedule: Schedule, times: StepTimes, sampled: number): Windows => ({
  before: [schedule.settleSeconds, schedule.settleSeconds + schedule.windowSeconds],
  during: [Math.floor(earliestPing(schedule, times)), Math.floor(sampled - times.sampling)],
});
