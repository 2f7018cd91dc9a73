import { requireOneForm } from "../command.ts";
import { measures } from "../measures.ts";
import { asCsv, asMarkdown, asText, digits, intervalText, type PlainTable, pText } from "../print/table.ts";
import { pairingUnit } from "../unit.ts";
import { type ComparisonReport, compareSides, type SideSummary } from "./compare.ts";
import { Sides, type SidesOptions } from "./sides.ts";

/** Options of `./lab compare` as they are given. */
export interface CompareWords {
  pairs?: string;
  json?: true;
  csv?: true;
  markdown?: true;
}

function sideWords({ name, directory, runs, scenarios }: SideSummary): string {
  const what = scenarios.length === 1 ? scenarios[0] : `${scenarios.length} scenarios`;
  return `${name}${name === what ? "" : `: ${what}`}, ${runs} runs in ${directory}`;
}

function tableOf(report: ComparisonReport): PlainTable {
  const { rows, first, second, fidelity, pairing, notes } = report;
  return {
    title: `A = ${sideWords(first)}\nB = ${sideWords(second)} (${fidelity} servers)`,
    head: ["", "A", "B", "A - B", "95 % interval", "effect", "p", "n", "verdict"],
    rows: rows.map(({ measure, unit, comparison, verdict }) => [
      `${measures[measure].what}, ${unit}`,
      digits(comparison?.medians.first ?? null),
      digits(comparison?.medians.second ?? null),
      digits(comparison?.difference?.estimate ?? null),
      intervalText(comparison?.difference?.interval),
      digits(comparison?.effect ?? null, 2),
      pText(comparison?.pValue ?? null),
      comparison?.n ?? null,
      verdict,
    ]),
    notes: [
      pairing,
      ...new Set(rows.flatMap(({ unavailable }) => (unavailable ? [`unavailable: ${unavailable}`] : []))),
      ...notes,
    ],
  };
}

const csvHead = ["measure", "unit", "a", "b", "difference", "low", "high", "effect", "p", "n", "test", "verdict"];

const csvOf = ({ rows }: ComparisonReport) =>
  asCsv(
    csvHead,
    rows.map(({ measure, unit, comparison, verdict, unavailable }) => [
      measure,
      unit,
      comparison?.medians.first ?? null,
      comparison?.medians.second ?? null,
      comparison?.difference?.estimate ?? null,
      comparison?.difference?.interval?.low ?? null,
      comparison?.difference?.interval?.high ?? null,
      comparison?.effect ?? null,
      comparison?.pValue ?? null,
      comparison?.n ?? null,
      comparison?.test ?? null,
      unavailable ? `${verdict}: ${unavailable}` : verdict,
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
  const unit = pairingUnit(words.pairs);
  const sides = new Sides(options);
  const first = await sides.of(a);
  const report = await compareSides(first, await sides.of(b), unit);
  if (words.json) return JSON.stringify(report, null, 2);
  if (words.csv) return csvOf(report);
  return words.markdown ? asMarkdown(tableOf(report)) : asText(tableOf(report));
}
