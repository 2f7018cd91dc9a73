import { counted } from "../../lib/counted.ts";
import { digits } from "../../lib/digits.ts";
import { comparedMeasures } from "../../measure/analysis/compare/compare.ts";
import { assumptions } from "../../measure/analysis/compare/verdict.ts";
import { onSriov } from "../../measure/analysis/competitors.ts";
import type { DriverPair } from "../../measure/analysis/driver-pairs.ts";
import { lostOfSides } from "../../measure/analysis/lost-deployments.ts";
import { isCpu } from "../../measure/analysis/measures.ts";
import { type Measure, measures } from "../../study/metric-lists.ts";
import type { StudyData } from "../study-data.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { effectCells, effectFields, effectSpec } from "./effects.ts";
import { asTitle } from "./pieces.ts";

const rowOf = (pair: DriverPair, indexOf: StudyData["indexOf"]): DrawnRow => ({
  scenarios: pair.scenarios.flatMap((sha256) => indexOf.get(sha256) ?? []),
  ...(pair.scope === "cell" && { detail: true }),
  cells: { pair: `${pair.first} / ${pair.second}`, panel: pair.where, ...effectCells(pair) },
});

const fieldsOf = (isRatio: boolean) => [
  { name: "panel", head: "where" },
  { name: "pair", head: "drivers" },
  ...effectFields(isRatio ? "first / second" : "first - second, percentage points"),
];

function specOf(measure: Measure, rows: readonly DrawnRow[]): FigureSpec {
  const isRatio = !isCpu(measure);
  const title = `${measures[measure].what}, ${isRatio ? "first / second" : "first - second, points"}`;
  return effectSpec({ title, isRatio, line: "pair", fields: fieldsOf(isRatio) }, rows);
}

/** How many of so many pairs are told apart where none differs. @param pairs that have an interval */
const chanceWords = (pairs: number) =>
  pairs === 0
    ? "No pair has an interval that says anything."
    : `Each pair is judged by itself at 95 %: with no true difference about ${digits(pairs / 20, 2)} of ${counted(pairs, "pair")} would be told apart by chance.`;

const wordsOfCaption = (measure: Measure, pairs: readonly DriverPair[]): string[] => [
  isCpu(measure)
    ? "A mark right of 0: the first uses more CPU. Bars are 95 % intervals; where one holds 0, the data do not tell the two apart."
    : "A mark left of 1: the first is lower, shown on a log scale. Bars are 95 % intervals; where one holds 1, the data do not tell the two apart, which does not mean that they are equal.",
  "Two scenarios of equal conditions, replicate and campaign are a pair; a replicate is one number, the mean of its cells, and n counts replicates.",
  ...(pairs.some(({ where }) => where.includes(`on ${onSriov}`))
    ? [
        `Under ${onSriov} the competitors' driver goes with the Main VMs' (4.4), so such a pair differs in both, and 33 to 63 of them stand for 64; what a driver is compared with that the study does not have has equal competitors.`,
      ]
    : []),
  ...assumptions(pairs.map(({ comparison }) => comparison)).map((words) => `${asTitle(words)}.`),
  chanceWords(pairs.filter(({ scope, decided }) => scope === "all" && decided !== null).length),
];

/**
 * The difference of each pair of drivers with its interval, a figure a measure: what people come for. That there is no pair at all is
 * said once, in the first of them.
 */
export function pairFigures({ pairs, apart, indexOf }: StudyData): Drawing[] {
  const shown = pairs.length === 0 ? comparedMeasures.slice(0, 1) : comparedMeasures;
  return shown.map((measure): Drawing => {
    const ofMeasure = pairs.filter((pair) => pair.measure === measure && (pair.scope === "all" || !pair.isAll));
    const rows = ofMeasure.map((pair) => rowOf(pair, indexOf));
    const hasValue = rows.some(({ cells }) => cells.estimate !== null);
    const unavailable = new Set(ofMeasure.flatMap((pair) => pair.unavailable ?? []));
    return {
      name: `pairs-${measure}`,
      title: `Difference of each pair of drivers: ${measures[measure].what}`,
      caption: wordsOfCaption(measure, ofMeasure),
      fields: fieldsOf(!isCpu(measure)),
      rows,
      missing: [
        ...(pairs.length === 0 ? ["there are no two drivers that were measured under the same conditions"] : []),
        ...ofMeasure.flatMap(({ first, second, scope, comparison }) => {
          const words = scope === "all" ? lostOfSides(comparison?.lost, [first, second]) : null;
          return words === null ? [] : [`${first} / ${second}: ${words}`];
        }),
        ...[...unavailable].map((why) => `unavailable: ${why}`),
        ...(apart.length > 0 ? [`never measured under the same conditions: ${apart.join("; ")}`] : []),
      ],
      spec: hasValue ? specOf(measure, rows) : null,
    };
  });
}
