import { digits } from "../../lib/digits.ts";
import type { CheckedClaim } from "../../measure/analysis/claims/check.ts";
import type { Evidence } from "../../measure/analysis/claims/evidence.ts";
import { evidenceNotes, verdictWords } from "../../measure/analysis/print/claims.ts";
import { intervalText, type PlainTable } from "../../measure/analysis/print/table.ts";

/** What our data have of a rule, as a number with its interval; or why there is none. */
function ours({ estimate, low, high, unit, n, shortage, verdict }: Evidence): string {
  if (estimate === null) return shortage ?? verdict;
  const interval = low === null || high === null ? "" : ` [${intervalText({ low, high })}]`;
  return `${digits(estimate)}${interval} ${unit}${n === null ? "" : `, n = ${n}`}`.trim();
}

/** The paper's claims, with its numbers as it words them, and ours beside them. A row is a rule. */
export const claimsBeside = (claims: readonly CheckedClaim[]): PlainTable => ({
  title: "The paper's claims beside these data",
  head: ["claim", "the paper (section)", "verdict", "what was tested here", "found here", "rests on"],
  rows: claims.flatMap((claim) =>
    claim.evidence.map((evidence, i) => [
      i === 0 ? claim.id : "",
      i === 0
        ? `${claim.claim} (${claim.section})${claim.reading === null ? "" : `; our reading: ${claim.reading}`}`
        : "",
      i === 0 ? verdictWords(claim) : "",
      evidence.statement,
      ours(evidence),
      evidenceNotes(evidence).join("; "),
    ]),
  ),
  notes: [
    "rules were fixed before there was data; docs/claims.md has them in words. In brackets: 95 % interval; n counts replicates",
  ],
});
