import type { Arm, Setting } from "../arms.ts";
import type { Measure } from "../measures.ts";

/** What a claim or a part of it is found to be. */
export const verdicts = ["reproduced", "contradicted", "not enough data", "not testable here"] as const;
export type Verdict = (typeof verdicts)[number];

/** Which runs a rule speaks of; what is left out may be anything. */
export interface Where {
  settings?: readonly Setting[];
  load?: "cpu" | "network" | "none";
  location?: "sender" | "responder";
  ratePps?: number;
  /** Numbers of background VMs: one, those above one, or any but 0. */
  vms?: { is: number } | { above: number } | "loaded";
  /** Runs that are left out: the paper's own exception to a claim. */
  except?: { load: "cpu" | "network"; location: "sender" | "responder"; vms: number };
}

interface Between {
  measure: Measure;
  first: Arm;
  second: Arm;
  where: Where;
}

/**
 * One statement that data can decide. Differences and ratios are of run medians, paired within cell, replicate and run;
 * an interval is that of the Hodges-Lehmann estimate at 95 %.
 */
export type Rule =
  /** First below second: the interval of first - second lies below 0. By number of VMs: at each of at least two. */
  | ({ kind: "below"; eachNumberOfVms?: true } & Between)
  /** The interval of first / second lies between the two bounds. */
  | ({ kind: "ratio"; low: number; high: number } & Between)
  /** No difference: the interval of first - second (absolute) or of first / second - 1 (relative) lies inside ± margin. */
  | ({ kind: "same"; margin: number; scale: "absolute" | "relative" } & Between)
  /** First does not reduce the measure against second: the interval of first / second lies above 1 - margin. */
  | ({ kind: "notReduced"; margin: number } & Between)
  /** More background VMs, larger values: the interval of (most VMs) - (none) lies above 0. */
  | { kind: "rises"; measure: Measure; arm: Arm; where: Where }
  /** The two ping frequencies give the same: the interval of the ratio - 1 lies inside ± margin. */
  | { kind: "sameAtBothRates"; measure: Measure; arms: readonly Arm[]; where: Where; margin: number }
  /** The interval of the median over runs lies between the two bounds. */
  | { kind: "within"; measure: Measure; arm: Arm; where: Where; low: number; high: number }
  /** The largest value of ten runs or more lies between the two bounds. */
  | { kind: "largestWithin"; measure: Measure; arm: Arm; where: Where; low: number; high: number }
  /** Fig. 21: of all drivers, this one has the smallest or the largest |tau|, in every location with load. */
  | { kind: "influence"; measure: Measure; arm: Arm; rank: "least" | "most" }
  /** Fig. 21: tau is negative at 95 %, in every location with load. */
  | { kind: "lowers"; measure: Measure; arm: Arm };

/** A claim of the paper, and the statements which together are it. */
export interface Claim {
  id: string;
  section: string;
  claim: string;
  /** Our reading, where the paper leaves one to be made. */
  reading?: string;
  rules: readonly Rule[];
}

/** A single number of the paper stands for a range from half of it to twice it: other hardware has other numbers. */
export const around = (value: number) => ({ low: value / 2, high: value * 2 });

/** "Halves", "about half": from a third to two thirds. */
export const half = { low: 1 / 3, high: 2 / 3 };

/** "N % lower": ten points of the ratio to either side. */
export const lowerBy = (percent: number) => ({ low: 0.9 - percent / 100, high: 1.1 - percent / 100 });

/** What counts as no difference: a tenth of the RTT, a fifth of its spread, two points of CPU usage. */
export const margins = { rtt: 0.1, spread: 0.2, cpuPoints: 2 } as const;
