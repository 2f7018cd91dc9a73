import { checkClaims } from "../../../measure/analysis/claims/check.ts";
import type { Claim, Rule, Verdict } from "../../../measure/analysis/claims/rules.ts";
import { studyClaims } from "../../../measure/analysis/claims/study.ts";
import { type Campaign, makeRuns, noDifference, type Source } from "./campaign.ts";
import { edgesOf, metricOf, scenariosOf, truthOf } from "./edges.ts";
import type { Noise } from "./noise.ts";

/** How often something was decided, of so many data sets. */
export interface Rate {
  decided: number;
  of: number;
}

const isDecided = (verdict: Verdict) => verdict === "reproduced" || verdict === "contradicted";

type Truths = ReturnType<typeof truthOf>[];

/** Whether a claim was decided wrongly: reproduced without being true, or contradicted by a rule that is not false. */
function isWrong(truths: Truths, verdict: Verdict, verdicts: readonly Verdict[]): boolean {
  if (verdict === "reproduced") return truths.some((truth, i) => verdicts[i] === "reproduced" && truth !== "true");
  return truths.some((truth, i) => verdicts[i] === "contradicted" && truth !== "false");
}

/** Wrong decisions on campaigns in which no driver differs from another: by claim, and by rule whose edge that is. */
export interface WithoutDifference {
  claims: Record<string, Rate>;
  /** By claim and place of the rule in it, as "C5.0". */
  rules: Record<string, Rate>;
}

/** Judges so many campaigns without a difference. */
export function withoutDifference(
  campaign: Campaign,
  noise: Noise,
  datasets: number,
  source: Source,
): WithoutDifference {
  const found: WithoutDifference = { claims: {}, rules: {} };
  const truths = studyClaims.map(({ rules }) => rules.map((rule) => truthOf(rule, campaign.scenarios)));
  const count = (rates: Record<string, Rate>, name: string, is: boolean) => {
    const rate = rates[name] ?? { decided: 0, of: 0 };
    rates[name] = { decided: rate.decided + (is ? 1 : 0), of: rate.of + 1 };
  };
  for (let i = 0; i < datasets; i++) {
    const runs = makeRuns(campaign, noDifference, noise, source);
    for (const [number, { id, verdict, evidence }] of checkClaims({ runs, fidelity: campaign.fidelity }).entries()) {
      const ofClaim = truths[number] ?? [];
      const verdicts = evidence.map((one) => one.verdict);
      count(found.claims, id, isWrong(ofClaim, verdict, verdicts));
      for (const [place, one] of verdicts.entries())
        if (ofClaim[place] === "edge") count(found.rules, `${id}.${place}`, isDecided(one));
    }
  }
  return found;
}

/** How often a rule is decided at each edge of what it states, on campaigns with the scenarios that it needs. */
export function atEdges(
  claim: Claim,
  rule: Rule,
  campaign: Campaign,
  noise: Noise,
  datasets: number,
  source: Source,
): Rate[] {
  const place = claim.rules.indexOf(rule);
  const scenarios = scenariosOf(rule, campaign.scenarios);
  return edgesOf(rule).map((truth) => {
    let decided = 0;
    for (let i = 0; i < datasets; i++) {
      const runs = makeRuns({ ...campaign, scenarios }, truth, noise, source, [metricOf(rule.measure)]);
      const [checked] = checkClaims({ runs, fidelity: campaign.fidelity }, [claim]);
      if (isDecided(checked?.evidence[place]?.verdict ?? "not enough data")) decided++;
    }
    return { decided, of: datasets };
  });
}

/** The largest share that 5 % may show in so many data sets: three standard errors above it. */
export const largestShare = (datasets: number): number => 0.05 + 3 * Math.sqrt((0.05 * 0.95) / datasets);
