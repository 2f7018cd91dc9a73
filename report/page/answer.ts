import { digits } from "../../lib/digits.ts";
import { estimateOf } from "../../measure/analysis/compared-estimate.ts";
import type { DriverPair } from "../../measure/analysis/driver-pairs.ts";
import { lostOfSides } from "../../measure/analysis/lost-deployments.ts";
import { intervalText, type TableCell } from "../../measure/analysis/print/table.ts";
import { mainMetric, measures } from "../../study/metric-lists.ts";
import { type Html, html } from "./html.ts";

const words = new Map<boolean | null, string>([
  [true, "yes"],
  [false, "no"],
  [null, "no interval"],
]);

function rowOf(pair: DriverPair): Html {
  const { first, second, where, comparison, decided, verdict, unavailable } = pair;
  const lost = lostOfSides(comparison?.lost, [first, second]);
  const estimate = estimateOf(comparison);
  const cells: TableCell[] = [
    estimate === null ? "unavailable" : digits(estimate.estimate),
    intervalText(estimate?.interval) ?? "none",
    comparison?.n ?? 0,
    words.get(decided) ?? "",
    `${unavailable ?? verdict}${lost === null ? "" : `; ${lost}`}`,
    where,
  ];
  return html`<tr class="${decided ? "yes" : "no"}"><th scope="row">${first} / ${second}</th>${cells.map((cell) => html`<td>${cell === null ? "" : String(cell)}</td>`)}</tr>\n`;
}

/** Whether the data decide anything, and between which drivers. */
export interface Answer {
  /** In a sentence. */
  summary: Html;
  /** Pair by pair. */
  table: Html | null;
}

const heads = [
  "first / second",
  `ratio of ${measures[mainMetric].what}s`,
  "95 % interval",
  "replicates",
  "told apart",
  "in words",
  "under which conditions",
];

/** The answer that people come for: which drivers the data tell apart by their RTT, and by how much. */
export function answerOf(pairs: readonly DriverPair[]): Answer {
  const shown = pairs.filter(({ measure, scope }) => measure === mainMetric && scope === "all");
  if (shown.length === 0)
    return {
      summary: html`<p>No two drivers were measured under the same conditions: there is no difference to show.</p>`,
      table: null,
    };
  const decided = shown.filter((pair) => pair.decided === true);
  return {
    summary: html`<p class="answer">The data tell <strong>${decided.length} of ${shown.length}</strong> pairs of drivers apart by their ${measures[mainMetric].what}.
A pair that is not told apart is not shown to be equal.</p>`,
    table: html`<div class="scrolls" tabindex="0" role="region" aria-label="Differences of drivers"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${shown.map(rowOf)}</tbody></table></div>\n`,
  };
}
