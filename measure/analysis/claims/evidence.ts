import { decideEquivalence, type EquivalenceDecision } from "../../statistics/equivalence.ts";
import type { Verdict } from "./rules.ts";

/** What became of one rule: its verdict with the numbers it stands on. */
export interface Evidence {
  verdict: Verdict;
  /** The statement that was tested. */
  statement: string;
  /** Pairs, or values. */
  n: number | null;
  estimate: number | null;
  low: number | null;
  high: number | null;
  /** Of estimate, low and high. */
  unit: string;
  /** Why it could not be decided, or what a reader should know. */
  note: string | null;
}

export type Bounds = { low: number; high: number } | null | undefined;

const byDecision: Record<EquivalenceDecision, Verdict> = {
  equivalent: "reproduced",
  different: "contradicted",
  undecided: "not enough data",
  "not enough data": "not enough data",
};

/** An interval inside a range reproduces, one outside it contradicts. */
export const insideVerdict = (interval: Bounds, range: { low: number; high: number }): Verdict =>
  byDecision[decideEquivalence(interval ?? null, range)];

/** An interval below a bound reproduces, one above it contradicts. */
export function belowVerdict(interval: Bounds, bound = 0): Verdict {
  if (!interval) return "not enough data";
  if (interval.high < bound) return "reproduced";
  return interval.low > bound ? "contradicted" : "not enough data";
}

/** The opposite of a statement has the opposite verdict. */
export const opposite = (verdict: Verdict): Verdict =>
  verdict === "reproduced" ? "contradicted" : verdict === "contradicted" ? "reproduced" : verdict;

/**
 * Several statements taken together: one that is contradicted contradicts them all; what cannot be tested here is left
 * out; of the rest, all must be reproduced.
 */
export function together(all: readonly Verdict[]): Verdict {
  if (all.includes("contradicted")) return "contradicted";
  const testable = all.filter((verdict) => verdict !== "not testable here");
  if (testable.length === 0) return "not testable here";
  return testable.every((verdict) => verdict === "reproduced") ? "reproduced" : "not enough data";
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
  note,
});
