import { publishedMetrics, publishedName } from "../../../study/metric-lists.ts";
import type { Analysis } from "../analyse.ts";
import type { CheckedClaim } from "../claims/check.ts";
import { estimateOf } from "../compared-estimate.ts";
import type { KendallCell } from "../kendall-figure.ts";
import type { ScenarioMetric, ScenarioSummary } from "../scenarios.ts";
import type { Table3Row } from "../table3.ts";
import { remarks } from "./analysis.ts";
import { evidenceNotes } from "./claims.ts";
import { asCsv, type TableCell } from "./table.ts";

/** Columns of the CSV: one line a finding, whatever table it is of. */
const head = ["table", "subject", "location", "measure", "quantity", "value", "low", "high", "n", "p", "note"] as const;
type Line = Partial<Record<(typeof head)[number], TableCell>>;

function metricLines({ scenario: subject }: ScenarioSummary, measure: string, metric: ScenarioMetric): Line[] {
  const base = { table: "scenario", subject, measure };
  if ("unavailable" in metric) return [{ ...base, quantity: "median", note: metric.unavailable }];
  const { n, median, p05, p95, min, max, deployments, deploymentMedian, interval } = metric;
  return [
    ...Object.entries({ median, p05, p95, min, max }).map(([quantity, value]) => ({ ...base, quantity, value, n })),
    {
      ...base,
      quantity: "median of deployments",
      value: deploymentMedian,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      n: deployments,
    },
  ];
}

const driftLine = ({ measure, unit, change, interval, replicates, note }: Analysis["drift"][number]): Line => ({
  table: "drift",
  measure,
  quantity: `change in a replicate, ${unit}`,
  value: change,
  low: interval?.low ?? null,
  high: interval?.high ?? null,
  n: replicates,
  note,
});

const scenarioLines = (scenario: ScenarioSummary): Line[] => {
  const base = { table: "scenario", subject: scenario.scenario };
  return [
    { ...base, measure: "deployments", quantity: "count", value: scenario.deployments },
    { ...base, measure: "runs", quantity: "count", value: scenario.runs },
    { ...base, measure: "lost", quantity: "count", value: scenario.lost, n: scenario.transmitted },
    ...publishedMetrics.map(publishedName).flatMap((name) => metricLines(scenario, name, scenario[name])),
    ...Object.entries(scenario.cpuPercent).map(([role, value]) => ({
      ...base,
      measure: `cpuPercent.${role}`,
      quantity: "median",
      value,
      n: scenario.runs,
    })),
  ];
};

function disturbanceLine({ by, driver, measure, comparison, verdict }: Analysis["disturbance"][number]): Line {
  const estimate = estimateOf(comparison);
  return {
    table: "disturbance",
    subject: driver,
    measure,
    quantity: `${by}: ${estimate?.scale ?? "difference"}`,
    value: estimate?.estimate ?? null,
    low: estimate?.interval?.low ?? null,
    high: estimate?.interval?.high ?? null,
    n: comparison.n,
    p: comparison.pValue,
    note: [verdict, comparison.pairing].join("; "),
  };
}

function table3Line(row: Table3Row): Line {
  const estimate = estimateOf(row);
  return {
    table: "table3",
    subject: `${row.first} vs ${row.second}`,
    location: row.location,
    measure: row.measure,
    quantity: estimate?.scale ?? "difference",
    value: estimate?.estimate ?? null,
    low: estimate?.interval?.low ?? null,
    high: estimate?.interval?.high ?? null,
    n: row.n,
    p: row.pValue,
    note: [row.test, row.method, ...row.notes, row.pairing].join("; "),
  };
}

const kendallLine = (cell: KendallCell): Line => ({
  table: "kendall",
  subject: cell.arm,
  location: cell.location,
  measure: cell.measure,
  quantity: "tau-b",
  value: cell.tau,
  low: cell.interval?.low ?? null,
  high: cell.interval?.high ?? null,
  n: cell.replicates ?? cell.n,
  p: cell.pValue,
  note: cell.notes.join("; "),
});

const claimLines = ({ id, verdict, shortage, claim, evidence }: CheckedClaim): Line[] => [
  { table: "claim", subject: id, quantity: "verdict", value: verdict, note: shortage ?? claim },
  ...evidence.map((piece) => ({
    table: "rule",
    subject: id,
    measure: piece.statement,
    quantity: piece.verdict,
    value: piece.estimate,
    low: piece.low,
    high: piece.high,
    n: piece.n,
    note: evidenceNotes(piece).join("; "),
  })),
];

/** The analysis as CSV (RFC 4180), a line a finding: for spreadsheets and data frames. */
export function analysisCsv(analysis: Analysis): string {
  const { scenarios, drift, disturbance, table3, kendall, claims } = analysis;
  const lines: Line[] = [
    ...remarks(analysis).map((note) => ({ table: "note", note })),
    ...scenarios.flatMap(scenarioLines),
    ...drift.map(driftLine),
    ...disturbance.map(disturbanceLine),
    ...table3.map(table3Line),
    ...kendall.map(kendallLine),
    ...claims.flatMap(claimLines),
  ];
  return asCsv(
    head,
    lines.map((line) => head.map((name) => line[name] ?? null)),
  );
}
