import { measures } from "../../../study/metric-lists.ts";
import { median } from "../../statistics/quantiles.ts";
import { tauByReplicate } from "../kendall-figure.ts";
import { measureOf } from "../measures.ts";
import type { StudyDeployment } from "../study-deployments.ts";
import { locationOf, paperLocations } from "../table3.ts";
import { type Evidence, noEvidence, testedOn } from "./evidence.ts";
import type { Rule, ShownKind } from "./rules.ts";
import { selectDeployments, type VmLevels } from "./select.ts";
import { testedWords } from "./words.ts";

type Shown<Kind extends ShownKind> = Extract<Rule, { kind: Kind }>;

function showLargest(
  rule: Shown<"largestWithin">,
  deployments: readonly StudyDeployment[],
  levels: VmLevels,
  why: string,
): Evidence {
  const used = selectDeployments(deployments, [rule.arm], rule.where, levels);
  const values = used.flatMap(({ runs }) => runs.flatMap((run) => measureOf(run, rule.measure) ?? []));
  const tested = testedOn(used);
  return {
    ...noEvidence("shown, not tested", testedWords(rule, tested), why),
    estimate: values.length === 0 ? null : Math.max(...values),
    unit: measures[rule.measure].unit,
    tested,
  };
}

function showInfluence(rule: Shown<"influence">, deployments: readonly StudyDeployment[], why: string): Evidence {
  const used = paperLocations.map((location) => ({
    location,
    ofLocation: deployments.filter(({ run }) => locationOf(run) === location),
  }));
  const found = used.map(({ location, ofLocation }) => {
    const { values: taus } = tauByReplicate(ofLocation, rule.measure, rule.arm);
    const tau = taus.length === 0 ? "none" : median(taus).toFixed(3);
    return `load at the ${location}: tau-b = ${tau}, ${taus.length} replicates`;
  });
  return {
    ...noEvidence("shown, not tested", testedWords(rule, null), [...found, why].join("; ")),
    tested: testedOn(used.flatMap(({ ofLocation }) => ofLocation)),
  };
}

/** What a rule that is not tested speaks of, as it is in these data, with the reason why it is only shown. */
export const showRule = (
  rule: Shown<ShownKind>,
  deployments: readonly StudyDeployment[],
  levels: VmLevels,
  why: string,
): Evidence =>
  rule.kind === "influence" ? showInfluence(rule, deployments, why) : showLargest(rule, deployments, levels, why);
