import { z } from "zod";
import { LabError } from "../../lib/errors.ts";
import { parseRecords, wholeNumber } from "../../lib/key-value.ts";
import type { StampMap } from "../../lib/stamp-map.ts";

/**
 * A server's clock between two readings of its time stamp counter, which counts nanoseconds of virtual time there. The clock's
 * microseconds are cut off.
 */
const readingRecord = z.strictObject({ counter: wholeNumber, microseconds: wholeNumber, counter_after: wholeNumber });
export type ClockReading = z.infer<typeof readingRecord>;

/** Reads what clock-readings.sh prints. @throws LabError when it is something else, or nothing */
export function parseClockReadings(text: string, where: string): ClockReading[] {
  const readings = parseRecords(readingRecord, text, `${where}: clock`);
  if (readings.length === 0) throw new LabError(`${where}: its clock could not be read beside its counter`);
  return readings;
}

/** How far the clock is ahead of the counter, in nanoseconds: bounds that hold for all readings, and where they were taken. */
function aheadOf(readings: readonly ClockReading[], where: string) {
  let [low, high] = [0n, 0n];
  for (const [index, { counter, microseconds, counter_after }] of readings.entries()) {
    const clock = BigInt(microseconds) * 1000n;
    const [least, most] = [clock - BigInt(counter_after), clock + 1000n - BigInt(counter)];
    low = index === 0 || least > low ? least : low;
    high = index === 0 || most < high ? most : high;
  }
  if (low > high) throw new LabError(`${where}: its clock was set while it was read`);
  return { counter: readings[0]?.counter ?? 0, ahead: (low + high) / 2n, errorNs: Number(high - low) / 2 };
}

/**
 * Where a server's stamps lie on the shared clock, from readings before and after a run: its clock goes evenly in between.
 * @param baseNs the server's counter where the shared clock began
 * @throws LabError when the clock was set meanwhile
 */
export function stampMapOf(
  before: readonly ClockReading[],
  after: readonly ClockReading[],
  baseNs: number,
  where: string,
): StampMap {
  const [first, last] = [aheadOf(before, where), aheadOf(after, where)];
  const counted = last.counter - first.counter;
  const drift = Number(last.ahead - first.ahead);
  const rate = counted / (counted + drift);
  // A clock that nobody sets is off by the kernel's calibration, and as far as its readings may be wrong.
  if (!(rate > 0 && Math.abs(drift) <= counted * 1e-3 + first.errorNs + last.errorNs))
    throw new LabError(`${where}: its clock was set during the run`);
  return {
    realtimeNs: String(BigInt(first.counter) + first.ahead),
    stepNs: first.counter - baseNs,
    rate,
    errorNs: Math.max(first.errorNs, last.errorNs),
  };
}
