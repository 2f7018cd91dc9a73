import { backgroundVmKeys } from "../../../study/terms.ts";
import { decideEquivalence } from "../../statistics/equivalence.ts";
import { countDeployments } from "../deployments.ts";
import type { LostOfArm } from "../lost-deployments.ts";
import type { StudyDeployment } from "../study-deployments.ts";
import { isUntested, type Verdict } from "./rules.ts";

/** What a rule was really tested on, which may be less than what it speaks of. */
export interface Tested extends Record<typeof backgroundVmKeys.vms, number[]> {
  /** As "cpu at sender", or "none". */
  loads: string[];
  pingRatesPps: number[];
  /** Replicates, which are what n counts; deployments of all drivers in them, those that scenarios share once; runs of these. */
  replicates: number;
  deployments: number;
  runs: number;
}

/** Numbers of background VMs that a rule was tested with, ascending; empty where it was tested on nothing. */
export const vmsTestedWith = (tested: Tested | null): readonly number[] => tested?.[backgroundVmKeys.vms] ?? [];

/** An interval that a verdict rests on. */
interface EvidenceInterval {
  low: number;
  high: number;
  /** Its confidence. */
  level: number;
}

/** What became of one rule: its verdict with the numbers it stands on. */
export interface Evidence {
  verdict: Verdict;
  /** The statement that was tested, with the levels that were really used. */
  statement: string;
  /** Replicates, the independent units; null where nothing was tested. */
  n: number | null;
  estimate: number | null;
  /** Of the 95 % interval, which reproduces. */
  low: number | null;
  high: number | null;
  /** Of estimate, low and high. */
  unit: string;
  /** The interval that contradicts: wider where the claim has several parts. */
  contradicts: EvidenceInterval | null;
  tested: Tested | null;
  /** Set where there are too few replicates: "not enough data: one replicate". */
  shortage: string | null;
  /** What else a reader should know. */
  note: string | null;
  /** Deployments of both sides that took no part, and replicates that lack cells which others have; null where nothing was compared. */
  leftOut: { unmatched: number; withoutValue: number; withoutRatio: number; incomplete: number } | null;
  /** Deployments without a value by driver, and why; empty where nothing was tested. */
  lost: LostOfArm[];
}

export type Bounds = { low: number; high: number } | null | undefined;

/** An end of an interval that lies on a bound but for this, as values that are equal on both sides do, decides nothing. */
const roundingError = 1e-9;

/**
 * An interval inside a range reproduces, one outside it contradicts.
 * @param corrected the interval that contradicts, where it is another one
 */
export function insideVerdict(
  interval: Bounds,
  range: { low: number; high: number },
  corrected: Bounds = interval,
): Verdict {
  const strict = { low: range.low + roundingError, high: range.high - roundingError };
  if (decideEquivalence(interval ?? null, strict) === "equivalent") return "reproduced";
  if (!corrected) return "not enough data";
  const isOutside = corrected.low > range.high + roundingError || corrected.high < range.low - roundingError;
  return isOutside ? "contradicted" : "not enough data";
}

/**
 * Several statements taken together: one that is contradicted contradicts them all; what cannot be tested here, or is
 * only shown, is left out; of the rest, all must be reproduced.
 */
export function together(all: readonly Verdict[]): Verdict {
  if (all.includes("contradicted")) return "contradicted";
  const tested = all.filter((verdict) => !isUntested(verdict));
  if (tested.length === 0) return all.includes("shown, not tested") ? "shown, not tested" : "not testable here";
  return tested.every((verdict) => verdict === "reproduced") ? "reproduced" : "not enough data";
}

/** What deployments have of each factor. */
export function testedOn(deployments: readonly StudyDeployment[]): Tested {
  const all = [...new Set(deployments)];
  const distinct = <T>(values: T[]) => [...new Set(values)];
  const ascending = (values: number[]) => distinct(values).sort((a, b) => a - b);
  return {
    [backgroundVmKeys.vms]: ascending(all.map(({ run }) => run.vms)),
    loads: distinct(all.map(({ run }) => (run.load ? `${run.load.type} at ${run.load.location}` : "none"))).sort(),
    pingRatesPps: ascending(all.map(({ run }) => run.ratePps)),
    replicates: distinct(all.map(({ replicate }) => replicate)).length,
    deployments: countDeployments(all),
    runs: all.reduce((sum, { runs }) => sum + runs.length, 0),
  };
}

/** Evidence without numbers. */
export const noEvidence = (verdict: Verdict, statement: string, note: string): Evidence => ({
  verdict,
  statement,
  n: null,
  estimate: null,
  low: null,
  high: null,
  unit: "",
  contradicts: null,
  tested: null,
  shortage: null,
  note,
  leftOut: null,
  lost: [],
});
