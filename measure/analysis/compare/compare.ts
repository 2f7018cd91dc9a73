import { resolve } from "node:path";
import { onlyFidelity, type RunRecord } from "../../dataset/open.ts";
import { packetValues } from "../../dataset/packet-values.ts";
import type { Factors, PairingUnit } from "../../statistics/pairs.ts";
import { median } from "../../statistics/quantiles.ts";
import { type Comparison, compareGroups, compareRuns } from "../comparison.ts";
import { isCpu, type Measure, measureOf, measures, type Packets, samplesOf } from "../measures.ts";
import type { Side } from "./sides.ts";

/** One measure of both sides. */
export interface ComparisonRow {
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
  scenarios: string[];
}

/** Everything that `./lab compare` finds. */
export interface ComparisonReport {
  schemaVersion: 1;
  fidelity: string;
  first: SideSummary;
  second: SideSummary;
  /** How values were put side by side. */
  pairing: string;
  rows: ComparisonRow[];
  notes: string[];
}

const compared = ["rtt", "rttSpread", "overhead", "responseTime", "cpuSender", "cpuResponder"] as const;

const scenariosOf = (runs: readonly RunRecord[]) => [...new Set(runs.map(({ scenario }) => scenario))].sort();

const summaryOf = ({ name, directory, runs }: Side): SideSummary => ({
  name,
  directory,
  runs: runs.length,
  scenarios: scenariosOf(runs),
});

/** With several scenarios a side, runs of equal factors but for the Main VMs' driver belong together; with one, all do. */
const cellFor =
  (single: boolean) =>
  (run: RunRecord): Factors =>
    single
      ? { batch: run.batch }
      : {
          backgroundVms: run.backgroundVms,
          backgroundDriver: run.backgroundDriver ?? "none",
          loadType: run.loadType ?? "none",
          loadLocation: run.loadLocation ?? "none",
          pingRatePps: run.pingRatePps,
          fixed: run.fixed,
          pressure: run.pressure,
          batch: run.batch,
        };

/** The median over the runs of each scenario, which is what two results directories have in common. */
function byScenario(runs: readonly RunRecord[], measure: Measure) {
  return [...Map.groupBy(runs, ({ scenarioSha256 }) => scenarioSha256)].map(([scenario, all]) => {
    const values = all.flatMap((run) => measureOf(run, measure) ?? []);
    return {
      cell: { scenario },
      replicate: 1,
      run: 1,
      packets: [0],
      values: [values.length > 0 ? median(values) : null],
    };
  });
}

function reasonFor(runs: readonly RunRecord[], measure: Measure): string | null {
  const metric = measure === "overhead" || measure === "responseTime" ? measure : "rtt";
  if (runs.some((run) => measureOf(run, measure) !== null)) return null;
  const summary = runs[0]?.metrics[metric];
  return summary && "unavailable" in summary ? summary.unavailable : "there is no value";
}

const rounded = (value: number) => String(Number(Math.abs(value).toPrecision(3)));

/** What a comparison says, for a reader who wants one sentence; never "no difference" because of a large p. */
export function verdictOf(comparison: Comparison, measure: Measure, unit: string, names: [string, string]): string {
  const { difference, medians, n } = comparison;
  if (difference === null || n === 0) return "nothing to compare";
  const { estimate, interval } = difference;
  const [a, b] = names;
  const lower = estimate < 0 ? a : b;
  const base = Math.max(medians.first ?? 0, medians.second ?? 0);
  const share = isCpu(measure) || base <= 0 ? "" : ` (${Math.round((100 * Math.abs(estimate)) / base)} %)`;
  const size = `${lower} is lower by ${rounded(estimate)} ${isCpu(measure) ? "percentage points" : unit}${share}`;
  if (interval === null)
    return estimate === 0 ? `equal; too few runs to tell (n = ${n})` : `${size}; too few runs to tell (n = ${n})`;
  if (interval.low > 0 || interval.high < 0) return size;
  return "no difference shown: the interval holds 0";
}

/**
 * Compares two sides measure by measure. Sides from one results directory are paired by cell, replicate and run where
 * they share any; two directories with several scenarios in common by scenario; else nothing is paired.
 * @throws LabError (exit code 2) when the servers of the two are of different fidelity
 */
export async function compareSides(first: Side, second: Side, unit: PairingUnit): Promise<ComparisonReport> {
  const fidelity = onlyFidelity([first.fidelity, second.fidelity], `${first.name} and ${second.name}`);
  const sameRoot = resolve(first.directory) === resolve(second.directory);
  const single = scenariosOf(first.runs).length === 1 && scenariosOf(second.runs).length === 1;
  const cell = cellFor(single);
  const packets: Packets | undefined =
    unit === "packet" && sameRoot ? await packetValues(first.directory, "rtt") : undefined;
  const valuesOf = (runs: readonly RunRecord[], measure: Measure) =>
    Float64Array.from(runs.flatMap((run) => measureOf(run, measure) ?? []));
  const compareOne = (measure: Measure): Comparison => {
    if (sameRoot) {
      const paired = compareRuns(
        samplesOf(first.runs, measure, cell, packets),
        samplesOf(second.runs, measure, cell, packets),
        { unit },
      );
      if (paired.n > 0 || !single) return paired;
    } else if (!single) return compareRuns(byScenario(first.runs, measure), byScenario(second.runs, measure));
    return compareGroups(valuesOf(first.runs, measure), valuesOf(second.runs, measure));
  };
  const rows = compared.map((measure): ComparisonRow => {
    const { unit: unitName } = measures[measure];
    const missing = [first, second].flatMap((side) => {
      const reason = reasonFor(side.runs, measure);
      return reason === null ? [] : [`${side.name}: ${reason}`];
    });
    if (missing.length > 0)
      return { measure, unit: unitName, comparison: null, unavailable: missing.join("; "), verdict: "unavailable" };
    const comparison = compareOne(measure);
    const verdict =
      fidelity === "emulated" && isCpu(measure)
        ? "says nothing on emulated servers"
        : verdictOf(comparison, measure, unitName, ["A", "B"]);
    return { measure, unit: unitName, comparison, unavailable: null, verdict };
  });
  return {
    schemaVersion: 1,
    fidelity,
    first: summaryOf(first),
    second: summaryOf(second),
    pairing: rows.find(({ comparison }) => comparison)?.comparison?.pairing ?? "nothing could be compared",
    rows,
    notes: fidelity === "emulated" ? ["emulated servers: the order of RTTs counts, not their size"] : [],
  };
}
