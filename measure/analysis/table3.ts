import type { Measure } from "../../study/metric-lists.ts";
import { benjaminiHochberg, holm } from "../statistics/multiplicity.ts";
import { type Arm, cellOf, type StudyRun } from "./arms.ts";
import { type Comparison, compareDeployments, compareRuns } from "./comparison.ts";
import { emulatedCpu, type Packets, samplesOf, saysNothing, unitOfValues } from "./measures.ts";
import { placed, studyDeployments } from "./study-deployments.ts";
import type { AnalysisUnit } from "./unit.ts";

/** Where the load is; "none" is our addition to the paper's table. */
export const locations = ["sender", "responder", "both", "none"] as const;
export type Location = (typeof locations)[number];

/** Those that the paper has: of Table 3, and of Fig. 21 and what is claimed from it. */
export const paperLocations = ["sender", "responder"] as const satisfies Location[];

/** The four pairs of Table 3. */
const pairs: readonly (readonly [Arm, Arm])[] = [
  ["PCI", "Bridge"],
  ["PCI", "MacVTap"],
  ["PCI", "PCI-BG"],
  ["MacVTap", "Bridge"],
];

/** What Table 3 and Fig. 21 are of, in the paper's order, and what it is called in their tables. */
export const paperMeasures = {
  cpuSender: { head: "Sender CPU", unit: "%" },
  rtt: { head: "RTT", unit: "ms" },
} as const satisfies Partial<Record<Measure, { head: string; unit: string }>>;
export type PaperMeasure = keyof typeof paperMeasures;
export const paperMeasureNames = Object.keys(paperMeasures) as PaperMeasure[];

/** The paper's p-values that are not printed as 0.0000000: load at the Sender, Sender CPU. */
const paperPValues: Record<string, number> = {
  "sender cpuSender PCI Bridge": 0.218411,
  "sender cpuSender PCI MacVTap": 0.14276,
  "sender cpuSender MacVTap Bridge": 0.460856,
};

/** A row: the paper's (location, metric, pair, p), and what the paper leaves out. */
export interface Table3Row extends Comparison {
  location: Location;
  measure: PaperMeasure;
  first: Arm;
  second: Arm;
  /** The paper's p-value; null where its table has no such row. 0 stands for its "0.0000000". */
  paperPValue: number | null;
  /** p-values corrected for all rows of this table that have one and say something: CPU usage of emulated servers does not. */
  pHolm: number | null;
  pBenjaminiHochberg: number | null;
}

const paperP = (location: Location, measure: string, first: Arm, second: Arm) =>
  paperLocations.some((known) => known === location)
    ? (paperPValues[`${location} ${measure} ${first} ${second}`] ?? 0)
    : null;

export const locationOf = ({ load }: Pick<StudyRun, "load">): Location =>
  locations.find((location) => location === load?.location) ?? "none";

type Compare = (first: Arm, second: Arm, location: Location, measure: Table3Row["measure"]) => Comparison;

/** How two drivers are compared: by deployments, or in the paper's way by runs or packets. */
function comparer(runs: readonly StudyRun[], unit: AnalysisUnit, packets: Packets | undefined): Compare {
  if (unit === "deployment") {
    const deployments = studyDeployments(runs);
    const side = (arm: Arm, location: Location) =>
      deployments.filter(({ run }) => run.arm === arm && locationOf(run) === location).map(placed);
    return (first, second, location, measure) =>
      compareDeployments(side(first, location), side(second, location), measure);
  }
  const side = (arm: Arm, location: Location) => runs.filter((run) => run.arm === arm && locationOf(run) === location);
  return (first, second, location, measure) =>
    compareRuns(
      samplesOf(side(first, location), measure, cellOf, packets),
      samplesOf(side(second, location), measure, cellOf, packets),
      { unit: unitOfValues(unit, measure, packets) },
    );
}

/**
 * Table 3 (5): Wilcoxon's signed-rank test of each pair of drivers, by location of the load, for the Sender's CPU usage
 * and the RTT. The paper's sixteen rows are there whatever the data; rows of other locations where there is data.
 */
export function table3(runs: readonly StudyRun[], unit: AnalysisUnit, packets?: Packets): Table3Row[] {
  const present = new Set<Location>([...paperLocations, ...runs.map(locationOf)]);
  const compare = comparer(runs, unit, packets);
  const rows = locations
    .filter((location) => present.has(location))
    .flatMap((location) =>
      paperMeasureNames.flatMap((measure) =>
        pairs.map(
          ([first, second]): Table3Row => ({
            location,
            measure,
            first,
            second,
            ...compare(first, second, location, measure),
            paperPValue: paperP(location, measure, first, second),
            pHolm: null,
            pBenjaminiHochberg: null,
          }),
        ),
      ),
    );
  const isDecisive = ({ measure }: Table3Row) => !runs.some(({ fidelity }) => saysNothing(measure, fidelity));
  for (const row of rows) if (!isDecisive(row) && row.n > 0) row.notes = [emulatedCpu, ...row.notes];
  const family = rows.filter(isDecisive);
  const withP = family.flatMap((row) => (row.pValue === null ? [] : [{ row, p: row.pValue }]));
  const values = withP.map(({ p }) => p);
  const [adjusted, discovered] = [holm(values), benjaminiHochberg(values)];
  for (const [i, { row }] of withP.entries()) {
    row.pHolm = adjusted[i] ?? null;
    row.pBenjaminiHochberg = discovered[i] ?? null;
  }
  return rows;
}
