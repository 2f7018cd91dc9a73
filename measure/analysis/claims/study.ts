import { competitionClaims } from "./competition.ts";
import { latencyClaims } from "./latency.ts";
import type { Claim } from "./rules.ts";

const numberOf = ({ id }: Claim) => Number(id.slice(1));

/** The claims of the study, each with its rule, fixed before any data was looked at. docs/claims.md has them in words. */
export const studyClaims: readonly Claim[] = [...latencyClaims, ...competitionClaims].sort(
  (a, b) => numberOf(a) - numberOf(b),
);
