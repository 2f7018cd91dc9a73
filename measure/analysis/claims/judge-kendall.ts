import type { KendallCell } from "../kendall-figure.ts";
import { type Evidence, noEvidence, together } from "./evidence.ts";
import type { Rule, Verdict } from "./rules.ts";
import { ruleWords } from "./words.ts";

type Of<Kind extends Rule["kind"]> = Extract<Rule, { kind: Kind }>;

const studied = ["sender", "responder"] as const;

/** The drivers that the paper's figure has; E1000 is in another experiment. */
const inFigure = ["Bridge", "MacVTap", "PCI", "PCI-BG"];

function atEach(
  rule: Of<"influence" | "lowers">,
  cells: readonly KendallCell[],
  judge: (here: readonly KendallCell[], own: KendallCell) => Verdict,
): Evidence {
  const found = studied.map((location) => {
    const here = cells.filter(
      (cell) => cell.location === location && cell.measure === rule.measure && inFigure.includes(cell.arm),
    );
    const own = here.find(({ arm }) => arm === rule.arm);
    if (own === undefined || own.tau === null || here.length < inFigure.length)
      return { verdict: "not enough data" as const, text: `load at the ${location}: not every driver has runs` };
    return { verdict: judge(here, own), text: `load at the ${location}: tau-b = ${own.tau.toFixed(3)}, n = ${own.n}` };
  });
  return noEvidence(
    together(found.map(({ verdict }) => verdict)),
    ruleWords(rule),
    found.map(({ text }) => text).join("; "),
  );
}

/** Whether a driver's |tau| is the smallest or the largest of those in Fig. 21. */
export const judgeInfluence = (rule: Of<"influence">, cells: readonly KendallCell[]): Evidence =>
  atEach(rule, cells, (here, own) => {
    const sizes = here.map(({ tau }) => Math.abs(tau ?? 0));
    const extreme = rule.rank === "least" ? Math.min(...sizes) : Math.max(...sizes);
    return Math.abs(own.tau ?? 0) === extreme ? "reproduced" : "contradicted";
  });

/** Whether a driver goes with lower values, at 95 %. */
export const judgeLowers = (rule: Of<"lowers">, cells: readonly KendallCell[]): Evidence =>
  atEach(rule, cells, (_, { tau, pValue }) => {
    if (tau === null || pValue === null || pValue > 0.05) return "not enough data";
    return tau < 0 ? "reproduced" : "contradicted";
  });
