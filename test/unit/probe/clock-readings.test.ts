import fc from "fast-check";
import { expect, it } from "vitest";
import { onSharedClock } from "../../../lib/stamp-map.ts";
import { type ClockReading, parseClockReadings, stampMapOf } from "../../../measure/probe/clock-readings.ts";

/** A server whose clock is ahead of its counter and goes a little faster or slower. */
interface Clock {
  aheadNs: bigint;
  ppm: number;
}

const clockAt = ({ aheadNs, ppm }: Clock, counter: number) =>
  aheadNs + BigInt(counter) + BigInt(Math.round((counter * ppm) / 1e6));

/** What clock-readings.sh would print, where reading takes so long each time. */
function readings(clock: Clock, from: number, pauses: readonly number[]): ClockReading[] {
  let counter = from;
  return pauses.map((pause) => {
    const reading = {
      counter,
      microseconds: Number(clockAt(clock, counter + Math.floor(pause / 2)) / 1000n),
      counter_after: counter + pause,
    };
    counter += pause;
    return reading;
  });
}

const clocks = fc.record({
  aheadNs: fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_900_000_000_000_000_000n }),
  ppm: fc.double({ min: -200, max: 200, noNaN: true }),
});
const pauses = fc.array(fc.integer({ min: 500, max: 20_000 }), { minLength: 1, maxLength: 60 });

it("puts a stamp between two readings where it lies on the shared clock, to within the error it tells", () => {
  fc.assert(
    fc.property(
      clocks,
      pauses,
      pauses,
      fc.integer({ min: 1e9, max: 1e12 }),
      fc.integer({ min: 1e6, max: 3e9 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (clock, first, second, start, length, part) => {
        const baseNs = start - 12_345;
        const map = stampMapOf(readings(clock, start, first), readings(clock, start + length, second), baseNs, "s");
        const counter = start + Math.floor(part * length);
        const found = onSharedClock(map, clockAt(clock, counter));
        // The clock's own drift while it is read sixty times is part of neither bound.
        expect(Math.abs(found - (counter - baseNs))).toBeLessThanOrEqual(map.errorNs + 250);
        expect(map.errorNs).toBeLessThanOrEqual(Math.max(...first, ...second) / 2 + 501);
      },
    ),
  );
});

it("refuses a clock that was set", () => {
  const clock = { aheadNs: 1_700_000_000_000_000_000n, ppm: 0 };
  const later = { ...clock, aheadNs: clock.aheadNs + 50_000_000n };
  const pause = [1000, 1000];
  expect(() => stampMapOf(readings(clock, 0, pause), readings(later, 1e9, pause), 0, "sender")).toThrow(
    "sender: its clock was set during the run",
  );
  const halfway = [...readings(clock, 0, pause), ...readings(later, 2000, pause)];
  expect(() => stampMapOf(halfway, halfway, 0, "sender")).toThrow("sender: its clock was set while it was read");
});

it("reads what the server prints, and refuses nothing", () => {
  const line = "counter=123 microseconds=1700000000000000 counter_after=456";
  expect(parseClockReadings(`${line}\n`, "sender")).toEqual([
    { counter: 123, microseconds: 1_700_000_000_000_000, counter_after: 456 },
  ]);
  expect(() => parseClockReadings("", "sender")).toThrow("sender: its clock could not be read beside its counter");
});
