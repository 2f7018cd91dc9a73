import { measures } from "../../../study/metric-lists.ts";
import { rateKey } from "../../../study/terms.ts";
import { isEmulated } from "../../results/fidelity.ts";
import { type Arm, levelOf, type StudyRun } from "../arms.ts";
import { campaignOf } from "../campaigns.ts";
import { contrastsOf, type Placed, type Scale, scaleOf, valuesByReplicate } from "../contrasts.ts";
import { type LostDeployments, lostByArm } from "../lost-deployments.ts";
import { ratioShortage, withinWords } from "../pairing-words.ts";
import { cellKey, placed, type StudyDeployment } from "../study-deployments.ts";
import { paperLocations } from "../table3.ts";
import { type Decision, decideCentre, decideMedian, type Region } from "./decide.ts";
import { type Evidence, noEvidence, testedOn, together } from "./evidence.ts";
import { judgeLowers } from "./judge-kendall.ts";
import { isShown, notTested, type Rule, type Where } from "./rules.ts";
import { commonLevels, selectDeployments, type VmLevels } from "./select.ts";
import { showRule } from "./show.ts";
import { untestable } from "./testable.ts";
import { testedWords } from "./words.ts";

/** What rules are judged on. */
export interface Judged {
  deployments: readonly StudyDeployment[];
  fidelity: string;
}

export type RuleOf<Kind extends Rule["kind"]> = Extract<Rule, { kind: Kind }>;

const belowZero: Region = { low: Number.NEGATIVE_INFINITY, high: 0 };
const aboveZero: Region = { low: 0, high: Number.POSITIVE_INFINITY };

/** The evidence of a rule from its decision and the deployments that it rests on. */
function evidenceOf(rule: Rule, found: Decision, unit: string, used: readonly StudyDeployment[]): Evidence {
  const tested = testedOn(used);
  return { ...found, statement: testedWords(rule, tested), unit, tested, leftOut: null, lost: [] };
}

/** Judges rules of one claim on one set of data. */
export class Judge {
  readonly #deployments: readonly StudyDeployment[];
  readonly #fidelity: string;
  readonly #levels: VmLevels;

  constructor({ deployments, fidelity }: Judged) {
    this.#deployments = deployments;
    this.#fidelity = fidelity;
    this.#levels = isEmulated(fidelity) ? "most" : "as stated";
  }

  /** In how many ways a rule can contradict its claim. */
  partsOf(rule: Rule): number {
    if (isShown(rule) || untestable(rule, this.#fidelity) !== null) return 0;
    if (rule.kind === "lowers") return paperLocations.length;
    if (rule.kind === "below" && rule.eachNumberOfVms) return Math.max(1, this.#levelsOf(rule).length);
    return 1;
  }

  /**
   * Judges one rule.
   * @param parts of its claim: in how many ways it can be contradicted, for all of which 5 % is meant
   */
  judge(rule: Rule, parts: number): Evidence {
    const why = untestable(rule, this.#fidelity);
    if (why !== null) return noEvidence("not testable here", testedWords(rule, null), why);
    if (isShown(rule)) return showRule(rule, this.#deployments, this.#levels, notTested[rule.kind]);
    switch (rule.kind) {
      case "below":
        return rule.eachNumberOfVms ? this.#belowAtEach(rule, parts) : this.#between(rule, belowZero, parts);
      case "ratio":
        return this.#between(rule, logarithmic(rule), parts, "ratio");
      case "notReduced":
        return this.#between(rule, { ...aboveZero, low: Math.log(1 - rule.margin) }, parts, "ratio");
      case "same":
        return rule.scale === "relative"
          ? this.#between(rule, aroundOne(rule.margin), parts, "ratio")
          : this.#between(rule, { low: -rule.margin, high: rule.margin }, parts, "difference");
      case "rises":
        return this.#rises(rule, parts);
      case "sameAtBothRates":
        return this.#sameAtBothRates(rule, parts);
      case "within":
        return this.#within(rule, parts);
      case "lowers":
        return judgeLowers(rule, this.#deployments, parts);
    }
  }

  #sides(first: Arm, second: Arm, where: Where) {
    const all = selectDeployments(this.#deployments, [first, second], where, this.#levels);
    const side = (arm: Arm) => all.filter(({ run }) => run.arm === arm).map(placed);
    return { all, x: side(first), y: side(second) };
  }

  #between(
    rule: RuleOf<"below" | "ratio" | "same" | "notReduced">,
    region: Region,
    parts: number,
    scale: Scale = scaleOf(rule.measure),
  ): Evidence {
    const { x, y } = this.#sides(rule.first, rule.second, rule.where);
    return compared(rule, x, y, region, parts, scale);
  }

  #levelsOf({ first, second, where }: RuleOf<"below">): number[] {
    return commonLevels(this.#sides(first, second, where).all, [first, second]);
  }

  #belowAtEach(rule: RuleOf<"below">, parts: number): Evidence {
    const { x, y } = this.#sides(rule.first, rule.second, rule.where);
    const levels = this.#levelsOf(rule);
    if (levels.length < 2)
      return noEvidence("not enough data", testedWords(rule, null), "fewer than two numbers of background VMs");
    const at = (side: Placed<StudyRun>[], vms: number) =>
      side.filter(({ deployment }) => levelOf(deployment.run) === vms);
    const each = levels.map((vms) => ({ vms, ...compared(rule, at(x, vms), at(y, vms), belowZero, parts) }));
    const all = compared(rule, x, y, belowZero, parts);
    const range = ({ estimate, low, high }: Evidence) =>
      [estimate, ...(low === null || high === null ? [] : [low, high])]
        .map((value) => value?.toPrecision(3))
        .join(", ");
    return {
      ...all,
      verdict: together(each.map(({ verdict }) => verdict)),
      // The interval over all numbers of VMs together decides nothing here.
      contradicts: null,
      note: each.map((level) => `${level.vms} VMs: ${level.verdict}, ratio ${range(level)}, n = ${level.n}`).join("; "),
    };
  }

  #rises(rule: RuleOf<"rises">, parts: number): Evidence {
    const loaded = selectDeployments(this.#deployments, [rule.arm], {
      ...rule.where,
      settings: ["bridge"],
      vms: "loaded",
    });
    const none = selectDeployments(this.#deployments, [rule.arm], { settings: ["none"] });
    const most = Math.max(0, ...loaded.map(({ run }) => run.vms));
    const top = loaded.filter(({ run }) => run.vms === most);
    const drivers = [...new Set(top.map(({ run }) => run.background ?? ""))];
    const inCell = (deployment: StudyDeployment, background: string) => {
      const { ratePps, fixed } = deployment.run;
      return { deployment, cell: [ratePps, fixed, campaignOf(deployment.run), background].join("\n") };
    };
    // The deployments without background VMs stand beside those with each kind of them.
    const x = top.map((deployment) => inCell(deployment, deployment.run.background ?? ""));
    const y = drivers.flatMap((driver) => none.map((deployment) => inCell(deployment, driver)));
    return compared(rule, x, y, aboveZero, parts);
  }

  #sameAtBothRates(rule: RuleOf<"sameAtBothRates">, parts: number): Evidence {
    const all = selectDeployments(this.#deployments, rule.arms, rule.where, this.#levels);
    const achieved = (some: StudyDeployment[]) =>
      some.flatMap(({ runs }) => runs.flatMap(({ achievedRatePps }) => achievedRatePps ?? []));
    const at = (ratePps: number) => all.filter(({ run }) => run.ratePps === ratePps);
    const notTestable = (why: string) => noEvidence("not testable here", testedWords(rule, null), why);
    const isKnown = (deployment: StudyDeployment) => achieved([deployment]).length > 0;
    // A deployment without a value may have no rate either; it must not go unnoticed for that.
    const known = (some: StudyDeployment[]) =>
      some.filter((deployment) => isKnown(deployment) || deployment.valueOf(rule.measure) === null);
    const [fast, slow] = [known(at(fastRate)), known(at(slowRate))];
    if ([fastRate, slowRate].some((rate) => at(rate).length > 0 && !at(rate).some(isKnown)))
      return notTestable("the rates that ping achieved are not known: they may be one treatment");
    if (fast.length > 0 && slow.length > 0 && Math.min(...achieved(fast)) <= Math.max(...achieved(slow)))
      return notTestable("the rates that ping achieved overlap: they are one treatment");
    const side = (some: StudyDeployment[]) =>
      some.map((deployment) => ({
        deployment,
        cell: `${deployment.run.arm}\n${cellKey(atAnyRate(deployment.run))}`,
      }));
    return compared(rule, side(fast), side(slow), aroundOne(rule.margin), parts);
  }

  #within(rule: RuleOf<"within">, parts: number): Evidence {
    const all = selectDeployments(this.#deployments, [rule.arm], rule.where, this.#levels);
    const scale = scaleOf(rule.measure);
    const replicates = valuesByReplicate(all, rule.measure, scale);
    const { withoutRatio, incomplete } = replicates;
    const { unit } = measures[rule.measure];
    const found =
      scale === "ratio"
        ? decideMedian(replicates, logarithmic(rule), parts, Math.exp)
        : decideMedian(replicates, rule, parts);
    const short = ratioShortage({ first: withoutRatio });
    const lost = lostByArm(all, rule.measure);
    return {
      ...evidenceOf(rule, short === null ? found : undecided(found, short), unit, replicates.used),
      leftOut: { unmatched: 0, withoutValue: withoutValueOf(lost), withoutRatio, incomplete },
      lost,
    };
  }
}

/** A run as if its frequency were no factor. */
const atAnyRate = (run: StudyRun): StudyRun => ({ ...run, blocks: { ...run.blocks, [rateKey]: "any" } });

/** The two frequencies of the study. */
const [fastRate, slowRate] = [1_000_000, 1000];

const logarithmic = ({ low, high }: Region): Region => ({ low: Math.log(low), high: Math.log(high) });
const aroundOne = (margin: number): Region => logarithmic({ low: 1 - margin, high: 1 + margin });

/**
 * Whether a rule says how large a ratio or a difference is, which cells need not agree on. Its replicates must then be means of the same
 * cells; where only an order is tested, each cell may give it.
 */
const statesRange = ({ kind }: Rule) => ["ratio", "same", "notReduced", "sameAtBothRates"].includes(kind);

const withoutValueOf = (lost: readonly LostDeployments[]) => lost.reduce((sum, { without }) => sum + without, 0);

/** One contrast a replicate, and where its centre lies. */
function compared(
  rule: Rule,
  x: readonly Placed<StudyRun>[],
  y: readonly Placed<StudyRun>[],
  region: Region,
  parts: number,
  scale: Scale = scaleOf(rule.measure),
): Evidence {
  const { used, ...others } = contrastsOf(x, y, rule.measure, scale, { whole: statesRange(rule) });
  const isRatio = scale === "ratio";
  const found = decideCentre(others, region, parts, isRatio ? Math.exp : undefined);
  const unit = isRatio ? "ratio" : measures[rule.measure].unit;
  const short = ratioShortage(others.withoutRatio);
  const notes = [found.note, withinWords(others)].filter((note) => note !== null);
  const both = ({ first, second }: { first: number; second: number }) => first + second;
  return {
    ...evidenceOf(rule, short === null ? found : undecided(found, short), unit, [...used.first, ...used.second]),
    note: notes.length > 0 ? notes.join("; ") : null,
    leftOut: {
      unmatched: both(others.unmatched),
      withoutValue: both(others.withoutValue),
      withoutRatio: both(others.withoutRatio),
      incomplete: others.incomplete,
    },
    lost: lostByArm(
      [...x, ...y].map(({ deployment }) => deployment),
      rule.measure,
    ),
  };
}

/** A decision that was taken on a selection of the values, and so is none. */
const undecided = (found: Decision, shortage: string): Decision => ({
  ...found,
  verdict: "not enough data",
  low: null,
  high: null,
  contradicts: null,
  shortage,
});
