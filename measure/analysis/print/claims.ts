import { counted } from "../../../lib/counted.ts";
import { digits } from "../../../lib/digits.ts";
import type { CheckedClaim } from "../claims/check.ts";
import { type Evidence, type Tested, vmsTestedWith } from "../claims/evidence.ts";
import { rateWords } from "../competitors.ts";
import { lostWords } from "../lost-deployments.ts";
import { endTexts, type PlainTable } from "./table.ts";

const list = (values: readonly (string | number)[]) => values.join(" and ");

/** What a rule was tested on, in words. */
function testedOnWords(tested: Tested): string {
  const { loads, pingRatesPps, deployments, runs } = tested;
  const rates = list(pingRatesPps.map(rateWords));
  return `${counted(deployments, "deployment")} (${counted(runs, "run")}) with ${list(vmsTestedWith(tested))} background VMs, load ${loads.join(", ")}, ${rates}`;
}

/** What should stand beside the numbers of one rule. */
export const evidenceNotes = ({ tested, contradicts, note, leftOut, lost }: Evidence): string[] => [
  ...[lostWords(lost)].filter((words) => words !== null),
  ...(tested && tested.deployments > 0 ? [testedOnWords(tested)] : []),
  ...(contradicts && contradicts.level > 0.95
    ? [`to contradict: ${endTexts(contradicts).join(" to ")} at ${(100 * contradicts.level).toFixed(1)} %`]
    : []),
  ...(leftOut && leftOut.unmatched + leftOut.withoutValue + leftOut.withoutRatio > 0
    ? [
        `without a partner ${leftOut.unmatched}, without a value ${leftOut.withoutValue}, without a ratio ${leftOut.withoutRatio}`,
      ]
    : []),
  ...(leftOut && leftOut.incomplete > 0
    ? [`${counted(leftOut.incomplete, "replicate")} left out for lack of cells that others have`]
    : []),
  ...(note ? [note] : []),
];

/** The numbers of one rule in a few words. */
function evidenceWords(evidence: Evidence): string {
  const { n, estimate, low, high, unit } = evidence;
  const range = low === null || high === null ? "" : ` [${endTexts({ low, high }).join(", ")}]`;
  const found = estimate === null ? [] : [`${digits(estimate)}${range} ${unit}`.trim()];
  return [...found, ...(n === null ? [] : [`n = ${counted(n, "replicate")}`]), ...evidenceNotes(evidence)].join("; ");
}

/** The verdict of a claim, or why there is none. */
export const verdictWords = ({ verdict, partly, shortage }: CheckedClaim) =>
  shortage ?? (partly ? `${verdict} (what is testable here)` : verdict);

/** Claims as a table: a row a rule. */
export const claimTable = (claims: readonly CheckedClaim[]): PlainTable => ({
  title: "The paper's claims",
  head: ["claim", "verdict", "tested", "found"],
  rows: claims.flatMap((claim) =>
    claim.evidence.map((piece, i) => [
      i === 0 ? claim.id : "",
      i === 0 ? verdictWords(claim) : "",
      `${piece.statement}${claim.evidence.length > 1 ? `: ${piece.shortage ?? piece.verdict}` : ""}`,
      evidenceWords(piece),
    ]),
  ),
  notes: ["docs/claims.md has the claims and their rules in words"],
});

const isDecided = ({ verdict }: CheckedClaim) => verdict === "reproduced" || verdict === "contradicted";

/** Whether there is anything to say of it beside that nothing of what it takes could be compared. */
const hasData = ({ evidence }: CheckedClaim) =>
  evidence.some(({ n, lost }) => (n ?? 0) > 0 || lost.some(({ without }) => without > 0));

/** A claim, and what was found of each of its rules. */
const linesOf = (claim: CheckedClaim): string[] => [
  `  ${claim.id.padEnd(4)} ${verdictWords(claim)}: ${claim.claim}`,
  ...claim.evidence
    .filter(({ verdict }) => verdict !== "not testable here")
    .map((piece) => `         ${piece.shortage ?? piece.verdict}: ${piece.statement}: ${evidenceWords(piece)}`),
];

const idsLine = (words: string, claims: readonly CheckedClaim[]): string[] =>
  claims.length === 0 ? [] : [`  ${words}: ${claims.map(({ id }) => id).join(", ")}`];

/**
 * For a terminal: claims in two lines each are easier to read than a table wider than any screen. What was decided comes first, and
 * claims of which nothing was measured are a line together.
 */
export function claimLines(claims: readonly CheckedClaim[]): string {
  const decided = claims.filter(isDecided);
  const open = claims.filter((claim) => !isDecided(claim));
  const untestable = open.filter(({ verdict }) => verdict === "not testable here");
  const tried = open.filter((claim) => !untestable.includes(claim) && hasData(claim));
  const bare = open.filter((claim) => !untestable.includes(claim) && !hasData(claim));
  return [
    "The paper's claims, in its words, and what was tested of each",
    ...[...decided, ...tried].flatMap(linesOf),
    ...idsLine("these data have nothing to compare for (docs/claims.md says what each takes)", bare),
    ...idsLine("not testable on these servers (docs/claims.md says why)", untestable),
  ].join("\n");
}
