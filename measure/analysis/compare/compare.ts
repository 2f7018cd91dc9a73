import { resolve } from "node:path";
import { counted } from "../../../lib/counted.ts";
import { LabError } from "../../../lib/errors.ts";
import { type Measure, mainMetric, measureNames, measures } from "../../../study/metric-lists.ts";
import { onlyFidelity } from "../../dataset/fidelity.ts";
import { readPacketValues } from "../../dataset/packet-values.ts";
import type { RunRecord } from "../../dataset/run-record.ts";
import { tablePaths } from "../../dataset/update.ts";
import { isEmulated } from "../../results/fidelity.ts";
import type { Comparison } from "../comparison.ts";
import { countDeployments, deploymentsOf } from "../deployments.ts";
import { captureNotes } from "../disturbance.ts";
import { lostOfSides } from "../lost-deployments.ts";
import { emulatedCpu, measureOf, reasonAgainst, saysNothing } from "../measures.ts";
import { orderNotes } from "../order-notes.ts";
import { type AnalysisUnit, unitWarning } from "../unit.ts";
import { apartNotes, directoryNotes, lossNotes } from "./notes.ts";
import type { Side } from "./sides.ts";
import { compareMeasure, type Match } from "./values.ts";
import { assumptions, isDecided, verdictOf } from "./verdict.ts";

/** One measure of both sides. */
interface ComparisonRow {
  measure: Measure;
  unit: string;
  /** Null when a side has no value; `unavailable` says why. */
  comparison: Comparison | null;
  unavailable: string | null;
  /** What the numbers say, in words. */
  verdict: string;
}

export interface SideSummary {
  name: string;
  directory: string;
  runs: number;
  deployments: number;
  transmitted: number;
  lost: number;
  scenarios: string[];
}

/** Everything that `./lab compare` finds. */
export interface ComparisonReport {
  schemaVersion: 2;
  fidelity: string;
  /** What n of each row counts. */
  unit: AnalysisUnit;
  first: SideSummary;
  second: SideSummary;
  /** How values were put side by side. */
  pairing: string;
  rows: ComparisonRow[];
  notes: string[];
}

/** Measures that two sides are compared by. */
export const comparedMeasures = measureNames.filter((measure) => measures[measure].compared);

const scenariosOf = (runs: readonly RunRecord[]) => [...new Set(runs.map(({ scenario }) => scenario))].sort();

const summaryOf = ({ name, directory, runs }: Side): SideSummary => ({
  name,
  directory,
  runs: runs.length,
  deployments: countDeployments(deploymentsOf(runs)),
  transmitted: runs.reduce((sum, { transmitted }) => sum + transmitted, 0),
  lost: runs.reduce((sum, { transmitted, received }) => sum + transmitted - received, 0),
  scenarios: scenariosOf(runs),
});

/** Why none of the runs has a value; null where one has. */
export function reasonFor(runs: readonly RunRecord[], measure: Measure): string | null {
  if (runs.some((run) => measureOf(run, measure) !== null)) return null;
  const reasons = new Set(runs.flatMap((run) => reasonAgainst(run, measure) ?? []));
  return reasons.size > 0 ? [...reasons].join("; ") : "there is no value";
}

/** A side with the runs of it that do not count, whose deployments are there and have no value. */
const withLost = (side: Side): Side => ({ ...side, runs: [...side.runs, ...(side.lost ?? [])] });

/** What was lost on each side, a sentence for each different one of the measures. */
const lostNotes = (rows: readonly ComparisonRow[]) => [
  ...new Set(
    rows.flatMap(({ measure, comparison }) => {
      const words = lostOfSides(comparison?.lost, ["A", "B"]);
      return words ? [`${measures[measure].what}: ${words}; intervals hold whatever the values would have been`] : [];
    }),
  ),
];

/** A run on both sides would be compared with itself, which makes the sides look alike. */
function requireApart(first: Side, second: Side): void {
  const folders = new Set(first.runs.map(({ directory }) => resolve(first.directory, directory)));
  const common = second.runs.filter(({ directory }) => folders.has(resolve(second.directory, directory)));
  if (common.length > 0)
    throw new LabError(
      `${first.name} and ${second.name} have ${counted(common.length, "run")} in common, as ${common[0]?.directory}; name two sides that share none`,
      { exitCode: 2 },
    );
}

/**
 * Compares two sides measure by measure.
 * @throws LabError (exit code 2) when the servers of the two are of different fidelity, and when a run is on both sides
 */
export async function compareSides(first: Side, second: Side, unit: AnalysisUnit): Promise<ComparisonReport> {
  const fidelity = onlyFidelity([first.fidelity, second.fidelity], `${first.name} and ${second.name}`);
  requireApart(first, second);
  const sameRoot = resolve(first.directory) === resolve(second.directory);
  const single = [first, second].every(({ runs }) => new Set(runs.map(({ design }) => design)).size === 1);
  const match: Match = { first: withLost(first), second: withLost(second), sameRoot, single };
  const packets =
    unit === "packet" && sameRoot ? await readPacketValues(tablePaths(first.directory).packets, mainMetric) : undefined;
  const rows = comparedMeasures.map((measure): ComparisonRow => {
    const { unit: unitName } = measures[measure];
    const missing = [match.first, match.second].flatMap((side) => {
      const reason = reasonFor(side.runs, measure);
      return reason === null ? [] : [`${side.name}: ${reason}`];
    });
    if (missing.length > 0)
      return { measure, unit: unitName, comparison: null, unavailable: missing.join("; "), verdict: "unavailable" };
    const comparison = compareMeasure(match, measure, unit, packets);
    const words = verdictOf(comparison, measure, unitName, ["A", "B"]);
    const apart = sameRoot ? "measured apart" : "the directories differ";
    const isApart = !sameRoot || comparison.test === "mann-whitney";
    const found = isApart && isDecided(comparison) ? `${apart}: ${words}` : words;
    const verdict = saysNothing(measure, fidelity) ? emulatedCpu : found;
    return { measure, unit: unitName, comparison, unavailable: null, verdict };
  });
  const warning = unitWarning(unit);
  return {
    schemaVersion: 2,
    fidelity,
    unit,
    first: summaryOf(first),
    second: summaryOf(second),
    pairing: rows.find(({ comparison }) => comparison)?.comparison?.pairing ?? "nothing could be compared",
    rows,
    notes: [
      ...(warning === null ? [] : [warning]),
      ...assumptions(rows.map(({ comparison }) => comparison)),
      ...(sameRoot && rows.some(({ comparison }) => comparison?.test === "mann-whitney")
        ? [
            "no replicate of a campaign has both sides: whether they differ because of the scenario or of the day cannot be told",
          ]
        : []),
      ...directoryNotes(sameRoot, [...first.runs, ...second.runs]),
      ...apartNotes(first.runs, second.runs),
      ...captureNotes([...first.runs, ...second.runs]),
      ...lostNotes(rows),
      ...lossNotes([summaryOf(first), summaryOf(second)]),
      ...(isEmulated(fidelity) ? ["emulated servers: the order of RTTs counts, not their size"] : []),
      "each measure is judged by itself at 95 %: one in twenty is found to differ by chance",
      ...orderNotes([...first.runs, ...second.runs]),
    ],
  };
}
