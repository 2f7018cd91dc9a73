import fc from "fast-check";
import { expect, it } from "vitest";
import { lastSampleAt, scheduleOf, secondsLate, windowsOf } from "../../../measure/probe/schedule.ts";

const decimals = (max: number) => fc.double({ min: 0, max, noNaN: true });
const runs = fc.record({
  windowSeconds: fc.integer({ min: 1, max: 60 }),
  attempt: fc.integer({ min: 1, max: 3 }),
  /** The server's clock, and what the parts of a run take. */
  start: fc.integer({ min: 1_600_000_000, max: 2_000_000_000 }),
  toStart: decimals(20),
  commandSeconds: decimals(1),
  pingSeconds: decimals(100),
  /** The part of it that ping takes when nothing holds it up. */
  part: decimals(1),
});

it("keeps ping out of the first window and inside the second, each of them long enough", () => {
  let inTime = 0;
  fc.assert(
    fc.property(runs, ({ windowSeconds, attempt, start, toStart, commandSeconds, pingSeconds, part }) => {
      const schedule = scheduleOf(windowSeconds, attempt);
      const times = { beforeCommand: start, sampling: start + commandSeconds * toStart + toStart };
      const told = start + commandSeconds * toStart;
      const pingFrom = told + schedule.leadSeconds - times.sampling;
      const shortest = part * pingSeconds;
      if (secondsLate(schedule, times) > 0) return;
      inTime += 1;
      const ended = Math.max(lastSampleAt(schedule, times, shortest), times.sampling + pingFrom + pingSeconds);
      // session.sh waits for the end of the sample, and half a second.
      const sampled = times.sampling + Math.floor(ended - times.sampling) + 1.5;
      const { before, during } = windowsOf(schedule, times, sampled);
      expect(before[0]).toBe(schedule.settleSeconds);
      expect(before[1] - before[0]).toBe(windowSeconds);
      expect(before[1]).toBeLessThanOrEqual(during[0]);
      expect(during[0]).toBeLessThanOrEqual(pingFrom);
      expect(during[1]).toBeGreaterThanOrEqual(pingFrom + pingSeconds - 1e-3);
      expect(during[1] - during[0]).toBeGreaterThanOrEqual(windowSeconds);
    }),
  );
  expect(inTime).toBeGreaterThan(10);
});

it("tells when the command was given too late, and allows the next attempt more", () => {
  const times = { beforeCommand: 100, sampling: 103 };
  expect([1, 2, 3].map((attempt) => secondsLate(scheduleOf(5, attempt), times))).toEqual([2.5, 1, 0]);
});
