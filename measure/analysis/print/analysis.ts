import type { Analysis } from "../analyse.ts";
import type { CheckedClaim } from "../claims/check.ts";
import type { Evidence } from "../claims/evidence.ts";
import type { ScenarioMetric, ScenarioSummary } from "../scenarios.ts";
import type { Table3Row } from "../table3.ts";
import { digits, intervalText, type PlainTable, pText } from "./table.ts";

const median = (metric: ScenarioMetric) => ("unavailable" in metric ? "unavailable" : digits(metric.median));
const interval = (metric: ScenarioMetric) => ("unavailable" in metric ? null : intervalText(metric.interval));

function scenarioTable({ scenarios, fidelity, runs }: Analysis): PlainTable {
  const metrics = (one: ScenarioSummary) => [one.rttMs, one.rttOverheadMs, one.responseTimeMs];
  const reasons = new Set(
    scenarios.flatMap((one) =>
      metrics(one).flatMap((metric) =>
        "unavailable" in metric ? [`unavailable: ${one.senderDriver}: ${metric.unavailable}`] : [],
      ),
    ),
  );
  return {
    title: `Metrics by scenario (${runs} runs, ${fidelity} servers; medians in ms)`,
    head: ["scenario", "runs", "lost", "RTT", "95 % of run medians", "p95", "overhead", "response time", "CPU S/R %"],
    rows: scenarios.map((one) => [
      one.scenario,
      one.runs,
      one.lost,
      median(one.rttMs),
      interval(one.rttMs),
      "unavailable" in one.rttMs ? null : digits(one.rttMs.p95),
      median(one.rttOverheadMs),
      median(one.responseTimeMs),
      `${one.cpuPercent.sender.toFixed(1)} / ${one.cpuPercent.responder.toFixed(1)}`,
    ]),
    notes: [...reasons],
  };
}

const paperP = ({ paperPValue }: Table3Row) => (paperPValue === 0 ? "0.0000000" : paperPValue);

function table3Table({ table3, unit }: Analysis): PlainTable {
  return {
    title: "Table 3: Wilcoxon signed-rank tests",
    head: [
      "load at",
      "metric",
      "pair",
      "n",
      "p (paper)",
      "p",
      "p (Holm)",
      "medians",
      "difference",
      "95 % interval",
      "effect",
    ],
    rows: table3.map((row) => [
      row.location,
      row.measure === "rtt" ? "RTT ms" : "Sender CPU %",
      `${row.first} vs ${row.second}`,
      row.n,
      paperP(row),
      row.n === 0 ? "no pairs" : pText(row.pValue),
      pText(row.pHolm),
      row.n === 0 ? null : `${digits(row.medians.first)} vs ${digits(row.medians.second)}`,
      digits(row.difference?.estimate ?? null),
      intervalText(row.difference?.interval),
      digits(row.effect, 2),
    ]),
    notes: [
      unit === "packet"
        ? "a pair is two packets of equal index, which are not independent within a run: p overstates the evidence"
        : "a pair is the medians of two runs of equal cell, replicate and run",
      "difference: Hodges-Lehmann estimate of first - second; effect: matched-pairs rank-biserial correlation",
    ],
  };
}

function kendallTable({ kendall }: Analysis): PlainTable {
  return {
    title: "Figure 21: Kendall's tau-b of a driver's 0/1 indicator",
    head: ["load at", "metric", "driver", "tau-b", "p", "n", "of driver"],
    rows: kendall.map(({ location, measure, arm, tau, pValue, n, ofArm }) => [
      location,
      measure === "rtt" ? "RTT" : "Sender CPU",
      arm,
      tau === null ? "one driver only" : tau.toFixed(3),
      pText(pValue),
      n,
      ofArm,
    ]),
  };
}

/** The numbers of one rule in a few words. */
export function evidenceWords({ n, estimate, low, high, unit, note }: Evidence): string {
  const range = low === null || high === null ? "" : ` [${digits(low)}, ${digits(high)}]`;
  const found = estimate === null ? [] : [`${digits(estimate)}${range} ${unit}`.trim()];
  return [...found, ...(n === null ? [] : [`n = ${n}`]), ...(note ? [note] : [])].join("; ");
}

const verdictOf = ({ verdict, partly }: CheckedClaim) => (partly ? `${verdict} (what is testable here)` : verdict);

function claimTable({ claims }: Analysis): PlainTable {
  return {
    title: "The paper's claims",
    head: ["claim", "verdict", "tested", "found"],
    rows: claims.flatMap((claim) =>
      claim.evidence.map((one, i) => [
        i === 0 ? claim.id : "",
        i === 0 ? verdictOf(claim) : "",
        `${one.statement}${claim.evidence.length > 1 ? `: ${one.verdict}` : ""}`,
        evidenceWords(one),
      ]),
    ),
    notes: ["docs/claims.md has the claims and their rules in words"],
  };
}

/** For a terminal: claims in two lines each are easier to read than a table wider than any screen. */
function claimLines({ claims }: Analysis): string {
  const lines = claims.flatMap((claim) => [
    `  ${claim.id.padEnd(4)} ${verdictOf(claim)}: ${claim.claim}`,
    ...claim.evidence
      .filter(({ verdict }) => verdict !== "not testable here" && claim.verdict !== "not testable here")
      .map((one) => `         ${one.verdict}: ${one.statement}: ${evidenceWords(one)}`),
  ]);
  return ["The paper's claims", ...lines].join("\n");
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
  tables: [scenarioTable(analysis), table3Table(analysis), kendallTable(analysis)],
  claims: claimTable(analysis),
  claimLines: claimLines(analysis),
});
