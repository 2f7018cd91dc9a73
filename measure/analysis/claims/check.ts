import { type Evidence, together } from "./evidence.ts";
import { type ClaimData, judgeRule } from "./judge.ts";
import type { Claim, Verdict } from "./rules.ts";
import { studyClaims } from "./study.ts";

/** A claim and what became of it. */
export interface CheckedClaim {
  id: string;
  section: string;
  claim: string;
  reading: string | null;
  verdict: Verdict;
  /** Whether the claim was decided by some of its rules only, because the others cannot be tested here. */
  partly: boolean;
  evidence: Evidence[];
}

function check({ id, section, claim, reading, rules }: Claim, data: ClaimData): CheckedClaim {
  const evidence = rules.map((rule) => judgeRule(rule, data));
  const verdict = together(evidence.map((one) => one.verdict));
  const untested = evidence.some((one) => one.verdict === "not testable here");
  return {
    id,
    section,
    claim,
    reading: reading ?? null,
    verdict,
    partly: untested && (verdict === "reproduced" || verdict === "contradicted"),
    evidence,
  };
}

/** Checks every claim of the study by its rules. */
export const checkClaims = (data: ClaimData): CheckedClaim[] => studyClaims.map((claim) => check(claim, data));
