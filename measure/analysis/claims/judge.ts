import { bootstrapMedian } from "../../statistics/bootstrap.ts";
import type { Estimate } from "../../statistics/interval.ts";
import type { Factors, RunSample } from "../../statistics/pairs.ts";
import { type Arm, cellOf, type StudyRun } from "../arms.ts";
import { compareRuns } from "../comparison.ts";
import type { KendallCell } from "../kendall-figure.ts";
import { isCpu, type Measure, measureOf, measures, samplesOf } from "../measures.ts";
import { fewestRuns } from "../scenarios.ts";
import { belowVerdict, type Evidence, insideVerdict, noEvidence, opposite, together } from "./evidence.ts";
import { judgeInfluence, judgeLowers } from "./judge-kendall.ts";
import type { Rule, Where } from "./rules.ts";
import { commonLevels, selectRuns, type VmLevels } from "./select.ts";
import { ruleWords } from "./words.ts";

/** What rules are judged on. */
export interface ClaimData {
  runs: readonly StudyRun[];
  fidelity: string;
  kendall: readonly KendallCell[];
}

type Of<Kind extends Rule["kind"]> = Extract<Rule, { kind: Kind }>;

/** An order of times is the same on emulated servers as far as it follows from the path; a number or CPU usage is not. */
const isOrdering = (rule: Rule) => ["below", "rises", "lowers"].includes(rule.kind) && !isCpu(rule.measure);

const tooFew = "too few pairs of runs for an interval at this level";
const noPairs = "no pairs of runs";

function evidenceOf(
  rule: Rule,
  estimate: Estimate | null,
  n: number,
  unit: string,
  verdict: Evidence["verdict"],
): Evidence {
  const { low, high } = estimate?.interval ?? { low: null, high: null };
  const note = n === 0 ? noPairs : estimate?.interval === null ? tooFew : null;
  return { verdict, statement: ruleWords(rule), n, estimate: estimate?.estimate ?? null, low, high, unit, note };
}

const logarithms = (samples: RunSample[]): RunSample[] =>
  samples.map((sample) => ({
    ...sample,
    values: Array.from(sample.values, (value) => (value === null || value <= 0 ? null : Math.log(value))),
  }));

const exponential = ({ estimate, interval, note }: Estimate): Estimate => ({
  estimate: Math.exp(estimate),
  interval: interval && { ...interval, low: Math.exp(interval.low), high: Math.exp(interval.high) },
  note,
});

class Judge {
  private readonly data: ClaimData;
  private readonly levels: VmLevels;

  constructor(data: ClaimData) {
    this.data = data;
    this.levels = data.fidelity === "emulated" ? "most" : "as stated";
  }

  judge(rule: Rule): Evidence {
    if (this.data.fidelity === "emulated" && !isOrdering(rule))
      return noEvidence(
        "not testable here",
        ruleWords(rule),
        isCpu(rule.measure) ? "CPU usage of emulated servers" : "on emulated servers only orderings are tested",
      );
    switch (rule.kind) {
      case "below":
        return rule.eachNumberOfVms ? this.belowAtEach(rule) : this.below(rule);
      case "ratio":
        return this.ratio(rule, rule);
      case "same":
        return this.same(rule);
      case "notReduced": {
        const found = this.ratio(rule, { low: 0, high: 1 });
        return { ...found, verdict: opposite(belowVerdict(boundsOf(found), 1 - rule.margin)) };
      }
      case "rises":
        return this.rises(rule);
      case "sameAtBothRates":
        return this.sameAtBothRates(rule);
      case "within":
        return this.within(rule);
      case "largestWithin":
        return this.largestWithin(rule);
      case "influence":
        return judgeInfluence(rule, this.data.kendall);
      case "lowers":
        return judgeLowers(rule, this.data.kendall);
    }
  }

  private sides(first: Arm, second: Arm, measure: Measure, where: Where) {
    const runs = selectRuns(this.data.runs, [first, second], where, this.levels);
    const of = (arm: Arm) =>
      samplesOf(
        runs.filter((run) => run.arm === arm),
        measure,
        cellOf,
      );
    return { runs, x: of(first), y: of(second) };
  }

  private below(rule: Of<"below">): Evidence {
    const { x, y } = this.sides(rule.first, rule.second, rule.measure, rule.where);
    const { difference, n } = compareRuns(x, y);
    return evidenceOf(rule, difference, n, measures[rule.measure].unit, belowVerdict(difference?.interval));
  }

  private belowAtEach(rule: Of<"below">): Evidence {
    const { runs, x, y } = this.sides(rule.first, rule.second, rule.measure, rule.where);
    const levels = commonLevels(runs, [rule.first, rule.second]);
    if (levels.length < 2)
      return noEvidence("not enough data", ruleWords(rule), "fewer than two numbers of background VMs");
    // Bonferroni: that all intervals hold at once is what has 95 %.
    const level = 1 - 0.05 / levels.length;
    const at = (samples: RunSample[], vms: number) => samples.filter(({ cell }) => cell.backgroundVms === vms);
    const each = levels.map((vms) => ({ vms, ...compareRuns(at(x, vms), at(y, vms), { level }) }));
    const verdicts = each.map(({ difference }) => belowVerdict(difference?.interval));
    const all = compareRuns(x, y);
    return {
      ...evidenceOf(rule, all.difference, all.n, measures[rule.measure].unit, together(verdicts)),
      note: each.map(({ vms, n }, i) => `${vms} VMs: ${verdicts[i]}, n = ${n}`).join("; "),
    };
  }

  private ratio(rule: Of<"ratio" | "notReduced"> | Of<"same">, range: { low: number; high: number }): Evidence {
    const { x, y } = this.sides(rule.first, rule.second, rule.measure, rule.where);
    return ratioEvidence(rule, x, y, range);
  }

  private same(rule: Of<"same">): Evidence {
    if (rule.scale === "relative") return this.ratio(rule, { low: 1 - rule.margin, high: 1 + rule.margin });
    const { x, y } = this.sides(rule.first, rule.second, rule.measure, rule.where);
    const { difference, n } = compareRuns(x, y);
    const verdict = insideVerdict(difference?.interval, { low: -rule.margin, high: rule.margin });
    return evidenceOf(rule, difference, n, measures[rule.measure].unit, verdict);
  }

  private rises(rule: Of<"rises">): Evidence {
    const loaded = selectRuns(this.data.runs, [rule.arm], { ...rule.where, settings: ["bridge"], vms: "loaded" });
    const none = selectRuns(this.data.runs, [rule.arm], { settings: ["none"] });
    const most = Math.max(0, ...loaded.map(({ backgroundVms }) => backgroundVms));
    const top = loaded.filter(({ backgroundVms }) => backgroundVms === most);
    const drivers = new Set(top.map(({ backgroundDriver }) => backgroundDriver ?? ""));
    const cell = ({ pingRatePps, fixed, batch }: StudyRun, background: string): Factors => ({
      pingRatePps,
      fixed,
      batch,
      background,
    });
    // The runs without background VMs stand beside those with each kind of them.
    const x = samplesOf(top, rule.measure, (run) => cell(run, run.backgroundDriver ?? ""));
    const y = [...drivers].flatMap((driver) => samplesOf(none, rule.measure, (run) => cell(run, driver)));
    const comparison = compareRuns(x, y);
    const verdict = opposite(belowVerdict(comparison.difference?.interval));
    return evidenceOf(rule, comparison.difference, comparison.n, measures[rule.measure].unit, verdict);
  }

  private sameAtBothRates(rule: Of<"sameAtBothRates">): Evidence {
    const runs = selectRuns(this.data.runs, rule.arms, rule.where, this.levels);
    const at = (ratePps: number) => runs.filter((run) => run.pingRatePps === ratePps);
    const [fast, slow] = [at(1_000_000), at(1000)];
    const achieved = (some: StudyRun[]) => some.flatMap(({ achievedRatePps }) => achievedRatePps ?? []);
    if (fast.length > 0 && slow.length > 0 && Math.min(...achieved(fast)) <= Math.max(...achieved(slow)))
      return noEvidence(
        "not testable here",
        ruleWords(rule),
        "the rates that ping achieved overlap: they are one treatment",
      );
    const cell = ({ pingRatePps: _, ...others }: Factors & { pingRatePps?: unknown }) => others as Factors;
    const samples = (some: StudyRun[]) =>
      samplesOf(some, rule.measure, (run) => ({ ...cell(cellOf(run)), arm: run.arm }));
    return ratioEvidence(rule, samples(fast), samples(slow), { low: 1 - rule.margin, high: 1 + rule.margin });
  }

  private values(rule: Of<"within" | "largestWithin">): number[] {
    const runs = selectRuns(this.data.runs, [rule.arm], rule.where, this.levels);
    return runs.flatMap((run) => measureOf(run, rule.measure) ?? []);
  }

  private within(rule: Of<"within">): Evidence {
    const values = this.values(rule);
    if (values.length < fewestRuns)
      return noEvidence("not enough data", ruleWords(rule), `${values.length} runs; ${fewestRuns} are needed`);
    const estimate = bootstrapMedian(values, { seed: 1 });
    return evidenceOf(
      rule,
      estimate,
      values.length,
      measures[rule.measure].unit,
      insideVerdict(estimate.interval, rule),
    );
  }

  private largestWithin(rule: Of<"largestWithin">): Evidence {
    const values = this.values(rule);
    if (values.length < 10)
      return noEvidence("not enough data", ruleWords(rule), `${values.length} runs; ten are needed`);
    const estimate = Math.max(...values);
    const verdict = estimate > rule.low && estimate < rule.high ? "reproduced" : "contradicted";
    return {
      ...noEvidence(verdict, ruleWords(rule), ""),
      n: values.length,
      estimate,
      unit: measures[rule.measure].unit,
      note: null,
    };
  }
}

const boundsOf = ({ low, high }: Evidence) => (low === null || high === null ? null : { low, high });

function ratioEvidence(rule: Rule, x: RunSample[], y: RunSample[], range: { low: number; high: number }): Evidence {
  const { difference, n } = compareRuns(logarithms(x), logarithms(y));
  const estimate = difference && exponential(difference);
  return evidenceOf(rule, estimate, n, "ratio", insideVerdict(estimate?.interval, range));
}

/** Judges one rule. */
export const judgeRule = (rule: Rule, data: ClaimData): Evidence => new Judge(data).judge(rule);
