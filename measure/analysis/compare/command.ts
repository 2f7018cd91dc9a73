import { counted } from "../../../lib/counted.ts";
import { digits } from "../../../lib/digits.ts";
import { measures } from "../../../study/metric-lists.ts";
import { requireOneForm } from "../command.ts";
import { estimateOf } from "../compared-estimate.ts";
import type { Comparison } from "../comparison.ts";
import {
  asCsv,
  asMarkdown,
  asText,
  countCell,
  countHead,
  intervalText,
  type PlainTable,
  pText,
} from "../print/table.ts";
import { analysisUnit } from "../unit.ts";
import { type ComparisonReport, compareSides, type SideSummary } from "./compare.ts";
import { Sides, type SidesOptions } from "./sides.ts";

/** Options of `./lab compare` as they are given. */
export interface CompareWords {
  pairs?: string;
  json?: true;
  csv?: true;
  markdown?: true;
}

function sideWords({ name, directory, runs, deployments, scenarios }: SideSummary): string {
  const what = scenarios.length === 1 ? scenarios[0] : `${scenarios.length} scenarios`;
  return `${name}${name === what ? "" : `: ${what}`}, ${runs} runs of ${counted(deployments, "deployment")} in ${directory}`;
}

/** How rows were paired that were not paired as the first was, because they have values of other deployments or packets. */
function otherPairings({ rows, pairing }: ComparisonReport): string[] {
  const others = rows.filter(({ comparison }) => comparison !== null && comparison.pairing !== pairing);
  return [...Map.groupBy(others, ({ comparison }) => comparison?.pairing)].map(
    ([words, group]) => `${group.map(({ measure }) => measures[measure].what).join(", ")}: ${words}`,
  );
}

/** The report for people. */
export function comparisonTable(report: ComparisonReport): PlainTable {
  const { rows, first, second, fidelity, unit: compared, pairing, notes } = report;
  const byRatio = compared === "deployment";
  return {
    title: `A = ${sideWords(first)}\nB = ${sideWords(second)} (${fidelity} servers)`,
    head: [
      "",
      "A",
      "B",
      byRatio ? "A / B (CPU: A - B)" : "A - B",
      "95 % interval",
      "effect",
      "p",
      countHead(compared),
      "verdict",
    ],
    rows: rows.map(({ measure, unit, comparison, verdict }) => [
      `${measures[measure].what}, ${unit}`,
      digits(comparison?.medians.first ?? null),
      digits(comparison?.medians.second ?? null),
      digits(estimateOf(comparison)?.estimate ?? null),
      intervalText(estimateOf(comparison)?.interval),
      digits(comparison?.effect ?? null, 2),
      pText(comparison?.pValue ?? null),
      comparison && countCell(comparison.n, comparison.unit, compared),
      verdict,
    ]),
    notes: [
      pairing,
      ...otherPairings(report),
      ...new Set(rows.flatMap(({ unavailable }) => (unavailable ? [`unavailable: ${unavailable}`] : []))),
      ...notes,
    ],
  };
}

const csvHead = [
  ...["measure", "unit", "a", "b", "scale", "estimate", "low", "high", "effect", "p"],
  ...["n", "n_of", "test", "verdict", "assumption", "note"],
];

/** What the interval of a row rests on, in a word. */
const assumptionOf = (comparison: Comparison | null) =>
  ({ t: "normal logarithms", exact: "none", asymptotic: "many values" })[
    estimateOf(comparison)?.interval?.method ?? "exact"
  ];

const csvOf = ({ rows, notes }: ComparisonReport) =>
  asCsv(
    csvHead,
    rows.map(({ measure, unit, comparison, verdict, unavailable }) => [
      measure,
      unit,
      comparison?.medians.first ?? null,
      comparison?.medians.second ?? null,
      comparison && (estimateOf(comparison)?.scale === "ratio" ? "a / b" : "a - b"),
      estimateOf(comparison)?.estimate ?? null,
      estimateOf(comparison)?.interval?.low ?? null,
      estimateOf(comparison)?.interval?.high ?? null,
      comparison?.effect ?? null,
      comparison?.pValue ?? null,
      comparison?.n ?? null,
      comparison?.unit ?? null,
      comparison?.test ?? null,
      unavailable ? `${verdict}: ${unavailable}` : verdict,
      estimateOf(comparison)?.interval ? assumptionOf(comparison) : null,
      [...(comparison?.notes ?? []), ...(comparison ? [comparison.pairing] : []), ...notes].join("; "),
    ]),
  );

/** `./lab compare`: what it prints. */
export async function compareCommand(
  a: string,
  b: string,
  words: CompareWords,
  options: SidesOptions,
): Promise<string> {
  requireOneForm(words);
  const unit = analysisUnit(words.pairs);
  const sides = new Sides(options);
  const first = await sides.of(a);
  const report = await compareSides(first, await sides.of(b), unit);
  if (words.json) return JSON.stringify(report, null, 2);
  if (words.csv) return csvOf(report);
  return words.markdown ? asMarkdown(comparisonTable(report)) : asText(comparisonTable(report));
}
