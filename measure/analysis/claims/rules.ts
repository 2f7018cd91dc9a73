import type { Measure } from "../../../study/metric-lists.ts";
import type { Arm, Setting } from "../arms.ts";

/** What a claim or a part of it is found to be. */
const verdicts = ["reproduced", "contradicted", "not enough data", "not testable here", "shown, not tested"] as const;
export type Verdict = (typeof verdicts)[number];

/** Whether nothing was tested: such a verdict says nothing for or against a claim. */
export const isUntested = (verdict: Verdict): boolean =>
  verdict === "not testable here" || verdict === "shown, not tested";

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
 * One statement that data can decide. Each compares one number a replicate: ratios of times and differences of CPU usages
 * between deployments of equal cell and replicate, the mean over the cells. An interval is over replicates, at 95 %; the one that
 * contradicts is at 1 - 0.05 / parts of the claim.
 */
export type Rule =
  /** First below second. By number of VMs: at each of at least two, and each is a part of the claim. */
  | ({ kind: "below"; eachNumberOfVms?: true } & Between)
  /** First / second lies between the two bounds. */
  | ({ kind: "ratio"; low: number; high: number } & Between)
  /** No difference: first - second (absolute) or first / second - 1 (relative) lies inside ± margin. */
  | ({ kind: "same"; margin: number; scale: "absolute" | "relative" } & Between)
  /** First does not reduce the measure against second: first / second lies above 1 - margin. */
  | ({ kind: "notReduced"; margin: number } & Between)
  /** More background VMs, larger values: most VMs above none. */
  | { kind: "rises"; measure: Measure; arm: Arm; where: Where }
  /** The two ping frequencies give the same: the ratio - 1 lies inside ± margin. */
  | { kind: "sameAtBothRates"; measure: Measure; arms: readonly Arm[]; where: Where; margin: number }
  /** The median over replicates lies between the two bounds. */
  | { kind: "within"; measure: Measure; arm: Arm; where: Where; low: number; high: number }
  /** Fig. 21: tau of this driver among those that it shares its cells with is negative, in every location with load. */
  | { kind: "lowers"; measure: Measure; arm: Arm; beside: readonly Arm[] }
  /** The largest value of all runs, beside the paper's. Shown, not tested. */
  | { kind: "largestWithin"; measure: Measure; arm: Arm; where: Where; low: number; high: number }
  /** Fig. 21: of all drivers, this one has the smallest or the largest |tau|. Shown, not tested. */
  | { kind: "influence"; measure: Measure; arm: Arm; rank: "least" | "most" };

/** Why a kind of rule is shown and not tested. */
export const notTested = {
  largestWithin:
    "the largest of n values grows with n, and the paper's is of another number of packets: no interval tells what it should be here",
  influence:
    "the rank of |tau-b| is decided by noise where drivers do not differ, and by cells that they do not share where they do (PCI-BG has none in common with Bridge)",
} as const;
export type ShownKind = keyof typeof notTested;

export const isShown = (rule: Rule): rule is Extract<Rule, { kind: ShownKind }> => rule.kind in notTested;

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
export const margins = { time: 0.1, spread: 0.2, cpuPoints: 2 } as const;
