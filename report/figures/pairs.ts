import { counted } from "../../lib/counted.ts";
import { comparedMeasures } from "../../measure/analysis/compare/compare.ts";
import { assumptions } from "../../measure/analysis/compare/verdict.ts";
import { estimateOf } from "../../measure/analysis/compared-estimate.ts";
import { onSriov } from "../../measure/analysis/competitors.ts";
import type { DriverPair } from "../../measure/analysis/driver-pairs.ts";
import { isCpu } from "../../measure/analysis/measures.ts";
import { digits, intervalText } from "../../measure/analysis/print/table.ts";
import { type Measure, measures } from "../../study/metric-lists.ts";
import type { StudyData } from "../study-data.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { lostOfPair } from "./pair-words.ts";
import { panelsInTurn } from "./panels.ts";
import { asTitle, logAxis, logScale, tooltipOf } from "./pieces.ts";
import { neutral, okabeIto } from "./theme.ts";

const answers = {
  apart: "told apart",
  notApart: "not told apart",
  noInterval: "no interval",
  silent: "says nothing on these servers",
} as const;

function answerOfPair({ decided, comparison }: DriverPair): string {
  if (decided !== null) return decided ? answers.apart : answers.notApart;
  return estimateOf(comparison)?.interval ? answers.silent : answers.noInterval;
}

const answerScale = {
  domain: Object.values(answers),
  fill: [okabeIto.blue, neutral.paper, neutral.paper, neutral.grid],
  shape: ["circle", "circle", "diamond", "square"],
};

function rowOf(pair: DriverPair, indexOf: StudyData["indexOf"]): DrawnRow {
  const { first, second, where, comparison, unavailable, verdict, scope, scenarios } = pair;
  const estimate = estimateOf(comparison);
  const interval = estimate?.interval ?? null;
  const n = comparison?.n ?? 0;
  return {
    scenarios: scenarios.flatMap((sha256) => indexOf.get(sha256) ?? []),
    ...(scope === "cell" && { detail: true }),
    cells: {
      pair: `${first} / ${second}`,
      panel: where,
      estimate: estimate?.estimate ?? null,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      n,
      p: comparison?.pValue ?? null,
      answer: answerOfPair(pair),
      verdict,
      words:
        estimate === null
          ? unavailable
            ? "unavailable"
            : verdict
          : `${digits(estimate.estimate)}${interval ? ` [${intervalText(interval)}]` : ""}, n = ${n}`,
      pairing: comparison?.pairing ?? null,
      unavailable,
    },
  };
}

const fieldsOf = (isRatio: boolean) => [
  { name: "panel", head: "where" },
  { name: "pair", head: "drivers" },
  { name: "estimate", head: isRatio ? "first / second" : "first - second, percentage points" },
  { name: "low", head: "95 % interval from" },
  { name: "high", head: "to" },
  { name: "n", head: "replicates" },
  { name: "p", head: "p" },
  { name: "answer", head: "do the data decide it?" },
  { name: "verdict", head: "what they say" },
  { name: "pairing", head: "how values were paired" },
  { name: "unavailable", head: "unavailable, because" },
];

/** Too long for what a mark says. */
const tooltipFields = (isRatio: boolean) => fieldsOf(isRatio).filter(({ name }) => name !== "pairing");

function specOf(measure: Measure, rows: readonly DrawnRow[]): FigureSpec {
  const isRatio = !isCpu(measure);
  const equal = isRatio ? 1 : 0;
  const title = isRatio
    ? `${measures[measure].what}, first / second`
    : `${measures[measure].what}, first - second, points`;
  const x = {
    type: "quantitative" as const,
    title,
    scale: isRatio ? logScale : { zero: true },
    ...(isRatio && { axis: logAxis }),
  };
  const y = { field: "pair", type: "nominal" as const, title: null, sort: null };
  return {
    ...panelsInTurn(rows, 1),
    spec: {
      width: 380,
      height: { step: 24 },
      layer: [
        { mark: { type: "rule", strokeDash: [4, 3], color: neutral.line }, encoding: { x: { ...x, datum: equal } } },
        {
          transform: [{ filter: "isValid(datum.low)" }],
          mark: { type: "rule", strokeWidth: 2.5, color: neutral.ink },
          encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y },
        },
        {
          transform: [{ filter: "isValid(datum.estimate)" }],
          mark: { type: "point", size: 70, filled: true, stroke: neutral.ink, strokeWidth: 1.2, opacity: 1 },
          encoding: {
            x: { ...x, field: "estimate" },
            y,
            fill: {
              field: "answer",
              type: "nominal",
              scale: { domain: answerScale.domain, range: answerScale.fill },
              legend: { title: "do the data tell them apart?" },
            },
            shape: {
              field: "answer",
              type: "nominal",
              scale: { domain: answerScale.domain, range: answerScale.shape },
            },
            tooltip: tooltipOf(tooltipFields(isRatio)),
          },
        },
        {
          mark: { type: "text", align: "left", baseline: "middle", dx: 10, color: neutral.ink },
          encoding: { x: { value: "width" as const }, y, text: { field: "words" } },
        },
      ],
    },
    resolve: { scale: { y: "independent" } },
  };
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
  "Two deployments of equal conditions, replicate and campaign are a pair; a replicate is one number, the mean of its cells, and n counts replicates.",
  ...(pairs.some(({ where }) => where.includes(`on ${onSriov}`))
    ? [
        `Under ${onSriov} the competitors' driver goes with the Main VMs' (4.4), so such a pair differs in both, and 33 to 63 of them stand for 64; what a driver is compared with that the study does not have has equal competitors.`,
      ]
    : []),
  ...assumptions(pairs.map(({ comparison }) => comparison)).map((words) => `${asTitle(words)}.`),
  chanceWords(pairs.filter(({ scope, decided }) => scope === "all" && decided !== null).length),
];

/** The difference of each pair of drivers with its interval, a figure a measure: what people come for. */
export function pairFigures({ pairs, apart, indexOf }: StudyData): Drawing[] {
  return comparedMeasures.map((measure): Drawing => {
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
        ...ofMeasure.flatMap((pair) => {
          const words = pair.scope === "all" ? lostOfPair(pair) : null;
          return words === null ? [] : [`${pair.first} / ${pair.second}: ${words}`];
        }),
        ...[...unavailable].map((why) => `unavailable: ${why}`),
        ...(apart.length > 0 ? [`never measured under the same conditions: ${apart.join("; ")}`] : []),
      ],
      spec: hasValue ? specOf(measure, rows) : null,
    };
  });
}
