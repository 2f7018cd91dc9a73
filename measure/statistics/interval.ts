import { LabError } from "../../lib/errors.ts";

/** A confidence interval and how it came to be. */
export interface Interval {
  low: number;
  high: number;
  /** The confidence asked for, as 0.95. */
  level: number;
  /** The coverage that an exact interval really has, never below `level`; null where it is approximate. */
  coverage: number | null;
  method: "exact" | "asymptotic" | "t";
}

/** A point estimate with its interval, or the reason why there is none. */
export interface Estimate {
  estimate: number;
  interval: Interval | null;
  note: string | null;
}

export const DEFAULT_LEVEL = 0.95;

/** @throws LabError where a confidence level is not inside (0, 1) */
export function requireLevel(level: number): void {
  if (!(level > 0 && level < 1))
    throw new LabError(`a confidence level lies between 0 and 1, as 0.95 does; got ${level}`);
}
