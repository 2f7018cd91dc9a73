import { measurable, tauByReplicate, tauEnds } from "../kendall-figure.ts";
import { lostByArm } from "../lost-deployments.ts";
import { inSharedCells, type StudyDeployment } from "../study-deployments.ts";
import { locationOf, paperLocations } from "../table3.ts";
import { type Decision, decideCentre } from "./decide.ts";
import { type Evidence, noEvidence, testedOn, together } from "./evidence.ts";
import type { Rule } from "./rules.ts";
import { testedWords } from "./words.ts";

function wordsOf(location: string, { verdict, shortage, estimate, low, high, n }: Decision): string {
  const range = low === null || high === null ? "" : ` [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  const found = estimate === null ? [] : [`tau-b = ${estimate.toFixed(3)}${range}`];
  return `load at the ${location}: ${[shortage ?? verdict, ...found, `n = ${n}`].join(", ")}`;
}

/** Whether a driver goes with lower values than those beside it: the interval of the replicates' taus lies below 0. */
export function judgeLowers(
  rule: Extract<Rule, { kind: "lowers" }>,
  deployments: readonly StudyDeployment[],
  parts: number,
): Evidence {
  const arms = [rule.arm, ...rule.beside];
  const region = { low: Number.NEGATIVE_INFINITY, high: 0 };
  const each = paperLocations.map((location) => {
    const ofArms = deployments.filter(
      (deployment) => locationOf(deployment.run) === location && arms.includes(deployment.run.arm),
    );
    const shared = inSharedCells(measurable(ofArms, rule.measure), arms);
    const taus = { ...tauByReplicate(shared, rule.measure, rule.arm), ends: tauEnds };
    return { location, shared, found: decideCentre(taus, region, parts) };
  });
  const tested = testedOn(each.flatMap(({ shared }) => shared));
  const shortages = each.map(({ found }) => found.shortage);
  return {
    ...noEvidence(
      together(each.map(({ found }) => found.verdict)),
      testedWords(rule, tested),
      each.map(({ location, found }) => wordsOf(location, found)).join("; "),
    ),
    n: Math.min(...each.map(({ found }) => found.n ?? 0)),
    unit: "tau-b",
    tested,
    lost: lostByArm(
      each.flatMap(({ shared }) => shared),
      rule.measure,
    ),
    shortage: shortages.every((shortage) => shortage !== null) ? (shortages[0] ?? null) : null,
  };
}
