import type { StudyRun } from "../../../measure/analysis/arms.ts";
import type { Rule, Where } from "../../../measure/analysis/claims/rules.ts";
import { selectDeployments } from "../../../measure/analysis/claims/select.ts";
import { deploymentsOf } from "../../../measure/analysis/deployments.ts";
import type { Measure } from "../../../study/metric-lists.ts";
import { type Measured, noDifference, type Truth } from "./campaign.ts";

/** What must be made up for a measure. */
export const metricOf = (measure: Measure): Measured => {
  if (measure === "cpuSender" || measure === "cpuResponder") return "cpu";
  return measure === "rttSpread" || measure === "rttMax" ? "rtt" : measure;
};

/** A truth that differs from no difference in one metric of some scenarios. */
const where =
  (measure: Measure, isMeant: (scenario: StudyRun) => boolean, change: (value: number) => number): Truth =>
  (scenario, metric) => {
    const value = noDifference(scenario, metric);
    return metric === metricOf(measure) && isMeant(scenario) ? change(value) : value;
  };

/**
 * The truths at which a rule is neither true nor false: on the edge of what it states. There it may be decided in 5 % of
 * campaigns, one way or the other; further out it is decided wrongly less often. For orders the edge is "no difference".
 */
export function edgesOf(rule: Rule): Truth[] {
  const ofFirst = ({ arm }: StudyRun) => "first" in rule && arm === rule.first;
  switch (rule.kind) {
    case "below":
    case "rises":
    case "lowers":
      return [noDifference];
    case "ratio":
      return [rule.low, rule.high].map((edge) => where(rule.measure, ofFirst, (value) => value * edge));
    case "notReduced":
      return [where(rule.measure, ofFirst, (value) => value * (1 - rule.margin))];
    case "same":
      return [-rule.margin, rule.margin].map((edge) =>
        where(rule.measure, ofFirst, (value) => (rule.scale === "absolute" ? value + edge : value * (1 + edge))),
      );
    case "sameAtBothRates":
      return [1 - rule.margin, 1 + rule.margin].map((edge) =>
        where(
          rule.measure,
          ({ ratePps }) => ratePps > 1000,
          (value) => value * edge,
        ),
      );
    case "within":
      return [rule.low, rule.high].map((edge) =>
        where(
          rule.measure,
          ({ arm }) => arm === rule.arm,
          () => edge,
        ),
      );
    case "influence":
    case "largestWithin":
      return [];
  }
}

/** The scenarios that a rule is judged on: no others need to be made up. */
export function scenariosOf(rule: Rule, scenarios: readonly StudyRun[]): StudyRun[] {
  const all = deploymentsOf(scenarios);
  const select = (arms: readonly StudyRun["arm"][], place: Where) =>
    selectDeployments(all, arms, place).map(({ run }) => run);
  switch (rule.kind) {
    case "below":
    case "ratio":
    case "same":
    case "notReduced":
      return select([rule.first, rule.second], rule.where);
    case "rises":
      return [
        ...select([rule.arm], { ...rule.where, settings: ["bridge"] }),
        ...select([rule.arm], { settings: ["none"] }),
      ];
    case "sameAtBothRates":
      return select(rule.arms, rule.where);
    case "within":
    case "largestWithin":
      return select([rule.arm], rule.where);
    case "lowers":
      return select([rule.arm, ...rule.beside], { settings: ["sriov"] });
    case "influence":
      return [...scenarios];
  }
}

/** What a rule is where drivers, loads and frequencies make no difference. */
export function truthOf(rule: Rule, scenarios: readonly StudyRun[]): "true" | "false" | "edge" {
  switch (rule.kind) {
    case "below":
    case "rises":
    case "lowers":
      return "edge";
    case "ratio":
      return rule.low < 1 && rule.high > 1 ? "true" : "false";
    case "same":
    case "notReduced":
    case "sameAtBothRates":
      return "true";
    case "within": {
      const logarithms = scenariosOf(rule, scenarios).map((one) => Math.log(noDifference(one, metricOf(rule.measure))));
      const mean = Math.exp(logarithms.reduce((sum, value) => sum + value, 0) / logarithms.length);
      return mean > rule.low && mean < rule.high ? "true" : "false";
    }
    case "influence":
    case "largestWithin":
      return "false";
  }
}
