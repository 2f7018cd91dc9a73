import { canonicalJson } from "../../lib/canonical.ts";
import { type Measure, mainMetric, measureNames, measures, publishedMetrics } from "../../study/metric-lists.ts";
import type { RunRecord } from "../dataset/run-record.ts";
import { campaignOf } from "./campaigns.ts";
import { decidedOn, verdictOn } from "./compare/verdict.ts";
import { type Comparison, compareDeployments } from "./comparison.ts";
import { driverOf } from "./competitors.ts";
import type { Placed } from "./contrasts.ts";
import { type Deployment, deploymentsOf } from "./deployments.ts";
import { isCpu } from "./measures.ts";

/** Columns of the factors by which runs are measured otherwise than usual; NULL is as usual. */
const columns = ["packet_capture", "cpu_sampling"] as const;
type Column = (typeof columns)[number];

const times = measureNames.filter((measure) => publishedMetrics.some((metric) => metric === measures[measure].metric));
const ofRtt = times.filter((measure) => measures[measure].metric === mainMetric);
const usages = measureNames.filter(isCpu);

/** Something that measuring adds to a server, and two sides of which the first has more of it. */
interface Disturber {
  column: Column;
  /** What stands in the column of each side. */
  cells: readonly [string | null, string | null];
  sides: [string, string];
  /** What both sides can have. */
  measures: readonly Measure[];
  /** Whether it is anything only where the host sees packets. */
  isOfPackets: boolean;
}

/** What measuring adds to a server, by the name under which it is compared. */
export const disturbers = {
  captures: {
    column: "packet_capture",
    cells: [null, "none"],
    sides: ["with captures", "without"],
    measures: [...ofRtt, ...usages],
    isOfPackets: true,
  },
  "second capture": {
    column: "packet_capture",
    cells: ["twice", null],
    sides: ["with a second capture", "with one"],
    measures: [...times, ...usages],
    isOfPackets: true,
  },
  mpstat: {
    column: "cpu_sampling",
    cells: [null, "none"],
    sides: ["with mpstat", "without"],
    measures: times,
    isOfPackets: false,
  },
} as const satisfies Record<string, Disturber>;
type DisturberName = keyof typeof disturbers;
const disturberNames = Object.keys(disturbers) as DisturberName[];

/** What measuring itself changes: deployments with more of it against equal ones with less. */
export interface Disturbance {
  by: DisturberName;
  /** Of the Main VMs. */
  driver: string;
  measure: Measure;
  /** The side with more of it is the first. */
  comparison: Comparison;
  /** Whether the interval tells the sides apart; null where the measure says nothing on these servers, or there is no interval. */
  decided: boolean | null;
  verdict: string;
  /** Hashes of the scenarios that it rests on. */
  scenarios: string[];
}

/** "captures: with captures against without", of what is compared in any of these, once each. */
export const sidesInWords = (all: readonly Pick<Disturbance, "by">[]): string[] =>
  [...new Set(all.map(({ by }) => by))].map((by) => `${by}: ${disturbers[by].sides.join(" against ")}`);

const cellIn = ({ fixed }: RunRecord, column: Column): unknown =>
  (JSON.parse(fixed) as Partial<Record<Column, unknown>>)[column] ?? null;

/** Whether packets of a run were to be captured. */
const isCaptured = (run: RunRecord): boolean => cellIn(run, "packet_capture") !== "none";

/**
 * Which runs the tables of the study are of. Where some were measured as usual and some were not, those that were: the others are partners
 * of them, and would count a cell twice.
 */
export function measuredAlike(runs: readonly RunRecord[]): (run: RunRecord) => boolean {
  const isUsualIn = (column: Column) => (run: RunRecord) => cellIn(run, column) === null;
  const usedColumns: Column[] = [];
  let left = runs;
  for (const column of columns) {
    const usual = left.filter(isUsualIn(column));
    if (usual.length === 0) continue;
    left = usual;
    usedColumns.push(column);
  }
  return (run) => usedColumns.every((column) => isUsualIn(column)(run));
}

/** What two deployments must have in common that differ in one column alone. */
function cellWithout(
  column: Column,
  { mains, vms, background, load, blocks, fixed, pressure, ...run }: RunRecord,
): string {
  const ofOthers = { ...(JSON.parse(fixed) as object), [column]: null };
  return canonicalJson({ mains, vms, background, load, blocks, fixed: ofOthers, pressure, campaign: campaignOf(run) });
}

/** The two sides of a comparison, of cells that both have. */
function sidesOf(all: readonly Placed[], { column, cells }: Disturber): [Placed[], Placed[]] {
  const [first, second] = cells.map((cell) => all.filter(({ deployment: { run } }) => cellIn(run, column) === cell));
  const withPartner = (side: Placed[] = [], others: Placed[] = []) => {
    const theirs = new Set(others.map(({ cell }) => cell));
    return side.filter(({ cell }) => theirs.has(cell));
  };
  return [withPartner(first, second), withPartner(second, first)];
}

/** Deployments that have a value, or lost it: no others can have it. */
const measurable = (side: readonly Placed[], measure: Measure) =>
  side.filter(({ deployment }) => deployment.valueOf(measure) !== null || deployment.hasLostRuns);

function disturbancesBy(by: DisturberName, deployments: readonly Deployment[], fidelity: string): Disturbance[] {
  const disturber: Disturber = disturbers[by];
  const { column, cells } = disturber;
  const there = new Set(deployments.map(({ run }) => cellIn(run, column)));
  if (!cells.every((cell) => there.has(cell))) return [];
  const placed = deployments.map((deployment): Placed => ({ deployment, cell: cellWithout(column, deployment.run) }));
  const byDriver = Map.groupBy(placed, ({ deployment }) => driverOf(deployment.run));
  return [...byDriver].flatMap(([driver, all]) => {
    const [first, second] = sidesOf(all, disturber);
    // What cannot be captured is the same with captures and without.
    const isSeen = first.some(({ deployment }) => deployment.valueOf("overhead") !== null);
    if (disturber.isOfPackets && !isSeen) return [];
    const scenarios = [...new Set([...first, ...second].map(({ deployment: { run } }) => run.scenarioSha256))];
    return disturber.measures.flatMap((measure): Disturbance[] => {
      const [more, less] = [measurable(first, measure), measurable(second, measure)];
      if (more.length + less.length === 0) return [];
      const comparison = compareDeployments(more, less, measure, "student");
      const decided = decidedOn(fidelity, comparison, measure);
      const verdict = verdictOn(fidelity, comparison, measure, disturber.sides);
      return [{ by, driver, measure, comparison, decided, verdict, scenarios }];
    });
  });
}

/**
 * How captures, a second capture and mpstat change what is measured, driver by driver: pairs of deployments of equal replicate that differ
 * in nothing else.
 * @param runs those that count, and those that were lost
 * @returns none of what was not measured on both sides
 */
export function disturbanceOf(runs: readonly RunRecord[], fidelity: string): Disturbance[] {
  const deployments = deploymentsOf(runs);
  return disturberNames.flatMap((by) => disturbancesBy(by, deployments, fidelity));
}

/**
 * That captures may lengthen the RTTs of some drivers and not of others, of which there are none, as a sentence; empty where all of the
 * runs are captured, or none.
 */
export function captureNotes(runs: readonly RunRecord[]): string[] {
  const hasCaptures = ({ metrics }: RunRecord) => !("unavailable" in metrics.overhead);
  const asUsual = runs.filter((run) => isCaptured(run) && run.received > 0);
  const [captured, bare] = [true, false].map((is) => [
    ...new Set(asUsual.filter((run) => hasCaptures(run) === is).map(driverOf)),
  ]);
  const never = bare?.filter((driver) => !captured?.includes(driver)) ?? [];
  if (captured === undefined || captured.length === 0 || never.length === 0) return [];
  return [
    `captures may lengthen the RTTs of ${captured.join(", ")} and not of ${never.join(", ")}, which were not captured: how much of a difference is theirs, runs with packetCapture none tell`,
  ];
}
