import type { StudyRun } from "../arms.ts";
import { studyDeployments } from "../study-deployments.ts";
import { type Evidence, together } from "./evidence.ts";
import { Judge } from "./judge.ts";
import { type Claim, isUntested, type Verdict } from "./rules.ts";
import { studyClaims } from "./study.ts";

/** A claim and what became of it. */
export interface CheckedClaim {
  id: string;
  section: string;
  /** In the paper's words and with its numbers; `evidence` says what was tested. */
  claim: string;
  reading: string | null;
  verdict: Verdict;
  /** Whether the claim was decided by some of its rules only, because the others are not tested. */
  partly: boolean;
  /** Set where too few replicates are why nothing was decided: "not enough data: one replicate". */
  shortage: string | null;
  /** In how many ways it could have been contradicted, for all of which 5 % is meant. */
  parts: number;
  evidence: Evidence[];
}

/** What claims are checked against. */
export interface ClaimData {
  runs: readonly StudyRun[];
  fidelity: string;
}

function shortageOf(verdict: Verdict, evidence: readonly Evidence[]): string | null {
  if (verdict !== "not enough data") return null;
  const tested = evidence.filter((piece) => !isUntested(piece.verdict));
  const [only, ...others] = new Set(tested.map(({ shortage }) => shortage));
  return others.length === 0 && tested.every(({ n }) => n !== null && n > 0) ? (only ?? null) : null;
}

function check({ id, section, claim, reading, rules }: Claim, judge: Judge): CheckedClaim {
  const parts = rules.reduce((sum, rule) => sum + judge.partsOf(rule), 0);
  const evidence = rules.map((rule) => judge.judge(rule, Math.max(1, parts)));
  const verdict = together(evidence.map((piece) => piece.verdict));
  return {
    id,
    section,
    claim,
    reading: reading ?? null,
    verdict,
    partly:
      evidence.some((piece) => isUntested(piece.verdict)) && (verdict === "reproduced" || verdict === "contradicted"),
    shortage: shortageOf(verdict, evidence),
    parts,
    evidence,
  };
}

/**
 * Checks claims by their rules.
 * @param claims the study's, where no others are given
 */
export function checkClaims({ runs, fidelity }: ClaimData, claims: readonly Claim[] = studyClaims): CheckedClaim[] {
  const judge = new Judge({ deployments: studyDeployments(runs), fidelity });
  return claims.map((claim) => check(claim, judge));
}
