import { digits } from "../../lib/digits.ts";
import { type ComparedEstimate, estimateOf } from "../../measure/analysis/compared-estimate.ts";
import type { Comparison } from "../../measure/analysis/comparison.ts";
import { intervalText, type TableCell } from "../../measure/analysis/print/table.ts";
import type { DrawnField, DrawnRow, FigureSpec } from "./drawing.ts";
import { panelsInTurn } from "./panels.ts";
import { logAxis, logScale, tooltipOf } from "./pieces.ts";
import { neutral, okabeIto } from "./theme.ts";

/** By how much two sides differ, and what the data say of it. */
export interface Effect {
  /** Null where a side has no value at all. */
  comparison: Comparison | null;
  /** Why there is none. */
  unavailable: string | null;
  decided: boolean | null;
  verdict: string;
}

const answers = {
  apart: "told apart",
  notApart: "not told apart",
  noInterval: "no interval",
  silent: "says nothing on these servers",
} as const;

const answerScale = {
  domain: Object.values(answers),
  fill: [okabeIto.blue, neutral.paper, neutral.paper, neutral.grid],
  shape: ["circle", "circle", "diamond", "square"],
};

function answerOf(decided: boolean | null, found: ComparedEstimate | null): string {
  if (decided !== null) return decided ? answers.apart : answers.notApart;
  return found?.interval ? answers.silent : answers.noInterval;
}

function wordsOf(found: ComparedEstimate | null, n: number, { unavailable, verdict }: Effect): string {
  if (found === null) return unavailable ? "unavailable" : verdict;
  const interval = found.interval ? ` [${intervalText(found.interval)}]` : "";
  return `${digits(found.estimate)}${interval}, n = ${n}`;
}

/** The cells of an effect. */
export function effectCells(effect: Effect): Record<string, TableCell> {
  const { comparison, decided, verdict, unavailable } = effect;
  const found = estimateOf(comparison);
  const n = comparison?.n ?? 0;
  return {
    estimate: found?.estimate ?? null,
    low: found?.interval?.low ?? null,
    high: found?.interval?.high ?? null,
    n,
    p: comparison?.pValue ?? null,
    answer: answerOf(decided, found),
    verdict,
    words: wordsOf(found, n, effect),
    pairing: comparison?.pairing ?? null,
    unavailable,
  };
}

/** Their fields. @param estimate head of the estimate */
export const effectFields = (estimate: string): DrawnField[] => [
  { name: "estimate", head: estimate },
  { name: "low", head: "95 % interval from" },
  { name: "high", head: "to" },
  { name: "n", head: "replicates" },
  { name: "p", head: "p" },
  { name: "answer", head: "do the data decide it?" },
  { name: "verdict", head: "what they say" },
  { name: "pairing", head: "how values were paired", isLong: true },
  { name: "unavailable", head: "unavailable, because" },
];

/** A figure of effects: a line each, with its interval and its numbers in words. */
interface EffectFigure {
  /** Of the axis. */
  title: string;
  isRatio: boolean;
  /** Field by which lines are called. */
  line: string;
  fields: readonly DrawnField[];
}

/** Effects with their intervals, a panel below the other. */
export function effectSpec({ title, isRatio, line, fields }: EffectFigure, rows: readonly DrawnRow[]): FigureSpec {
  const x = {
    type: "quantitative" as const,
    title,
    scale: isRatio ? logScale : { zero: true },
    ...(isRatio && { axis: logAxis }),
  };
  const y = { field: line, type: "nominal" as const, title: null, sort: null };
  const answer = (range: readonly string[]) => ({
    ...{ field: "answer", type: "nominal" as const },
    scale: { domain: answerScale.domain, range: [...range] },
  });
  return {
    ...panelsInTurn(rows, 1),
    spec: {
      width: 380,
      height: { step: 24 },
      layer: [
        {
          mark: { type: "rule", strokeDash: [4, 3], color: neutral.line },
          encoding: { x: { ...x, datum: isRatio ? 1 : 0 } },
        },
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
            fill: { ...answer(answerScale.fill), legend: { title: "do the data tell them apart?" } },
            shape: answer(answerScale.shape),
            tooltip: tooltipOf(fields),
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
