import { digits } from "../../../lib/digits.ts";
import { roles } from "../../../lib/roles.ts";
import { mainMetric, publishedMetrics, publishedName } from "../../../study/metric-lists.ts";
import { metrics } from "../../../study/metrics.ts";
import type { Analysis } from "../analyse.ts";
import { estimateOf } from "../compared-estimate.ts";
import { fewestReplicates, notEnough } from "../comparison.ts";
import { lostWords } from "../lost-deployments.ts";
import { emulatedCpu, saysNothing } from "../measures.ts";
import type { ScenarioMetric, ScenarioSummary } from "../scenarios.ts";
import { paperMeasures, type Table3Row } from "../table3.ts";
import type { AnalysisUnit } from "../unit.ts";
import { claimLines, claimTable } from "./claims.ts";
import { disturbanceTables } from "./disturbance.ts";
import { driftTable } from "./drift.ts";
import { countCell, countHead, intervalText, type PlainTable, pText } from "./table.ts";

const median = (metric: ScenarioMetric) => ("unavailable" in metric ? "unavailable" : digits(metric.median));
const interval = (metric: ScenarioMetric) => ("unavailable" in metric ? null : intervalText(metric.interval));

function scenarioTable({ scenarios, fidelity, runs }: Analysis): PlainTable {
  const metricsOf = (scenario: ScenarioSummary) => publishedMetrics.map((metric) => scenario[publishedName(metric)]);
  const reasons = new Set(
    scenarios.flatMap((scenario) =>
      metricsOf(scenario).flatMap((metric) =>
        "unavailable" in metric ? [`unavailable: ${scenario.senderDriver}: ${metric.unavailable}`] : [],
      ),
    ),
  );
  return {
    title: `Metrics by scenario (${runs} runs, ${fidelity} servers; medians in ms)`,
    head: [
      ...["scenario", "deployments", "runs", "lost"],
      ...publishedMetrics.flatMap((metric) => [
        metrics[metric].head,
        ...(metric === mainMetric ? ["95 % of deployments", "p95"] : []),
      ]),
      "CPU S/R %",
    ],
    rows: scenarios.map((scenario) => [
      scenario.scenario,
      scenario.deployments,
      scenario.runs,
      scenario.lost,
      ...publishedMetrics.flatMap((metric) => {
        const found = scenario[publishedName(metric)];
        const p95 = "unavailable" in found ? null : digits(found.p95);
        return [median(found), ...(metric === mainMetric ? [interval(found), p95] : [])];
      }),
      roles.map((role) => scenario.cpuPercent[role]?.toFixed(1) ?? "unavailable").join(" / "),
    ]),
    notes: [
      `95 % of deployments: interval of their median, from ${fewestReplicates} deployments on`,
      ...reasons,
      ...(scenarios.some(({ cpuPercent }) => cpuPercent.sender === null)
        ? ["unavailable: CPU usage where mpstat did not run"]
        : []),
    ],
  };
}

const paperP = ({ paperPValue }: Table3Row) => (paperPValue === 0 ? "0.0000000" : paperPValue);

const pairNote: Record<AnalysisUnit, string> = {
  deployment:
    "a value is one of a replicate: the mean over its cells of what two scenarios of equal cell differ by, each the median of its runs",
  "run-median": "a pair is the medians of two runs of equal cell, replicate and run",
  packet: "a pair is two packets of equal index, which are not independent within a run: p overstates the evidence",
};

const estimateNote = (unit: AnalysisUnit) =>
  unit === "deployment"
    ? `ratio: of RTTs, first / second; of CPU usages first - second; Hodges-Lehmann estimates, with an interval from ${fewestReplicates} replicates on`
    : "difference: Hodges-Lehmann estimate of first - second";

const rowName = ({ location, measure, first, second }: Table3Row) =>
  `load at ${location}, ${paperMeasures[measure].head}, ${first} vs ${second}`;

/** An interval, or why there is none. */
function intervalCell(unit: AnalysisUnit, row: Table3Row): string | null {
  const { n, shortage } = row;
  const interval = estimateOf(row)?.interval;
  if (interval) return intervalText(interval);
  if (shortage !== null) return shortage;
  return unit === "deployment" && n > 0 ? notEnough(n, fewestReplicates) : null;
}

/** How the pairs of rows were formed, and what found no partner or has no value: each once, with the rows it holds for. */
export function leftOutOfRows(rows: readonly Table3Row[]): string[] {
  const compared = rows.filter(({ n, lost }) =>
    lost === null ? n > 0 : lost.first.deployments > 0 && lost.second.deployments > 0,
  );
  const groups = Map.groupBy(compared, ({ pairing, lost, first, second }) => {
    const lostInRow =
      lost &&
      lostWords([
        { arm: first, ...lost.first },
        { arm: second, ...lost.second },
      ]);
    return [pairing.replace(/^.*?: /, ""), ...(lostInRow ? [lostInRow] : [])].join("; ");
  });
  const namesOf = (group: readonly Table3Row[]) =>
    groups.size === 1 ? "each row with pairs" : group.map(rowName).join(", ");
  return [...groups].map(([words, group]) => `${namesOf(group)}: ${words}`);
}

function table3Table({ table3, unit, fidelity }: Analysis): PlainTable {
  const estimateHead = unit === "deployment" ? "ratio (CPU: difference)" : "difference";
  return {
    title: "Table 3: Wilcoxon signed-rank tests",
    head: [
      ...["load at", "metric", "pair", countHead(unit), "p (paper)", "p", "p (Holm)"],
      ...["medians", estimateHead, "95 % interval", "effect"],
    ],
    rows: table3.map((row) => [
      row.location,
      `${paperMeasures[row.measure].head} ${paperMeasures[row.measure].unit}`,
      `${row.first} vs ${row.second}`,
      countCell(row.n, row.unit, unit),
      paperP(row),
      row.n === 0 ? "no pairs" : pText(row.pValue),
      row.n > 0 && saysNothing(row.measure, fidelity) ? emulatedCpu : pText(row.pHolm),
      row.n === 0 ? null : `${digits(row.medians.first)} vs ${digits(row.medians.second)}`,
      digits(estimateOf(row)?.estimate ?? null),
      intervalCell(unit, row),
      digits(row.effect, 2),
    ]),
    notes: [
      pairNote[unit],
      estimateNote(unit),
      "effect: matched-pairs rank-biserial correlation",
      ...leftOutOfRows(table3),
    ],
  };
}

function kendallTable({ kendall, unit }: Analysis): PlainTable {
  const isByReplicate = unit === "deployment";
  return {
    title: "Figure 21: Kendall's tau-b of a driver's 0/1 indicator",
    head: [
      ...["load at", "metric", "driver", "tau-b"],
      ...(isByReplicate ? ["95 % interval", "replicates"] : ["p"]),
      ...["n", "of driver"],
    ],
    rows: kendall.map(({ location, measure, arm, tau, interval: range, replicates, pValue, n, ofArm, notes }) => [
      location,
      paperMeasures[measure].head,
      arm,
      tau === null ? (notes[0] ?? null) : tau.toFixed(3),
      ...(isByReplicate
        ? [tau === null ? null : (intervalText(range) ?? notes[0] ?? null), replicates]
        : [pText(pValue)]),
      n,
      ofArm,
    ]),
    notes: isByReplicate
      ? [
          "a value is a scenario of a replicate; tau-b within each replicate, and the Hodges-Lehmann estimate of the replicates' with its interval",
          "only cells of a replicate that every driver there has; without such cells all are shown, and no interval",
        ]
      : [],
  };
}

/** What is not in any table and why, as sentences. */
export function remarks({ notes, leftOut, setAside }: Analysis): string[] {
  return [
    ...notes,
    ...leftOut.map(({ folder, why }) => `left out: ${folder}: ${why}`),
    ...(setAside.length > 0
      ? [`${setAside.length} runs that do not count were set aside when they were measured`]
      : []),
  ];
}

/** The analysis as tables. */
export const analysisTables = (
  analysis: Analysis,
): { tables: PlainTable[]; claims: PlainTable; claimLines: string } => ({
  tables: [
    ...[scenarioTable(analysis), driftTable(analysis), ...disturbanceTables(analysis)],
    ...[table3Table(analysis), kendallTable(analysis)],
  ],
  claims: claimTable(analysis.claims),
  claimLines: claimLines(analysis.claims),
});
