import { canonicalJson } from "../../lib/canonical.ts";
import { type Measure, mainMetric, measureNames, measures } from "../../study/metric-lists.ts";
import type { RunRecord } from "../dataset/run-record.ts";
import { campaignOf } from "./campaigns.ts";
import { decidedOn, verdictOn } from "./compare/verdict.ts";
import { type Comparison, compareDeployments } from "./comparison.ts";
import { driverOf } from "./competitors.ts";
import type { Placed } from "./contrasts.ts";
import { deploymentsOf } from "./deployments.ts";
import { isCpu } from "./measures.ts";

/** What measuring itself changes: deployments with captures against equal ones without. */
export interface Disturbance {
  /** Of the Main VMs. */
  driver: string;
  measure: Measure;
  /** With captures is the first side. */
  comparison: Comparison;
  /** Whether the interval tells the sides apart; null where the measure says nothing on these servers, or there is no interval. */
  decided: boolean | null;
  verdict: string;
  /** Hashes of the scenarios that it rests on. */
  scenarios: string[];
}

/** What can be measured without captures. */
const disturbed = measureNames.filter((measure) => measures[measure].metric === mainMetric || isCpu(measure));

/** Whether packets of a run were to be captured. */
export const isCaptured = ({ fixed }: RunRecord): boolean =>
  (JSON.parse(fixed) as { packet_capture?: unknown }).packet_capture == null;

/**
 * Which runs the tables of the study are of. Where some were captured and some were not, those that were: the others are partners of them,
 * and would count a cell twice.
 */
export const capturedAlike = (runs: readonly RunRecord[]): ((run: RunRecord) => boolean) =>
  runs.some(isCaptured) ? isCaptured : () => true;

/** What two deployments must have in common whose captures alone differ. */
function cellWithoutCaptures({ mains, vms, background, load, blocks, fixed, pressure, ...run }: RunRecord): string {
  const ofOthers = { ...(JSON.parse(fixed) as object), packet_capture: null };
  return canonicalJson({ mains, vms, background, load, blocks, fixed: ofOthers, pressure, campaign: campaignOf(run) });
}

/**
 * How captures change what is measured, driver by driver: pairs of deployments of equal replicate that differ in nothing else.
 * @param runs those that count, and those that were lost
 * @returns none where nothing was measured both with captures and without
 */
export function disturbanceOf(runs: readonly RunRecord[], fidelity: string): Disturbance[] {
  const placed = deploymentsOf(runs).map(
    (deployment): Placed => ({ deployment, cell: cellWithoutCaptures(deployment.run) }),
  );
  const byDriver = Map.groupBy(placed, ({ deployment }) => driverOf(deployment.run));
  return [...byDriver].flatMap(([driver, all]) => {
    const [captured, bare] = [true, false].map((is) =>
      all.filter(({ deployment }) => isCaptured(deployment.run) === is),
    );
    const cells = new Set(bare?.map(({ cell }) => cell));
    const first = captured?.filter(({ cell }) => cells.has(cell)) ?? [];
    // What cannot be captured is the same with captures and without.
    if (!first.some(({ deployment }) => deployment.valueOf("overhead") !== null)) return [];
    const both = new Set(first.map(({ cell }) => cell));
    const ofBoth = all.filter(({ cell }) => both.has(cell));
    const scenarios = [...new Set(ofBoth.map(({ deployment }) => deployment.run.scenarioSha256))];
    return disturbed.map((measure): Disturbance => {
      const comparison = compareDeployments(first, bare ?? [], measure, "student");
      const decided = decidedOn(fidelity, comparison, measure);
      const verdict = verdictOn(fidelity, comparison, measure, ["with captures", "without"]);
      return { driver, measure, comparison, decided, verdict, scenarios };
    });
  });
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
