import type { Measure } from "../../study/metric-lists.ts";
import { hodgesLehmannOfDifferences } from "../statistics/hodges-lehmann.ts";
import type { Interval } from "../statistics/interval.ts";
import { kendall } from "../statistics/kendall.ts";
import { type Ends, estimateWithUnknown } from "../statistics/unknown-values.ts";
import { type Arm, armNames, type StudyRun } from "./arms.ts";
import { fewestReplicates, notEnough } from "./comparison.ts";
import { type LostOfArm, lostByArm, lostWords } from "./lost-deployments.ts";
import { type Packets, unitOfValues, valuesOfRun } from "./measures.ts";
import { inSharedCells, type StudyDeployment, studyDeployments } from "./study-deployments.ts";
import { type Location, locationOf, locations, type PaperMeasure, paperMeasureNames } from "./table3.ts";
import type { AnalysisUnit } from "./unit.ts";

/**
 * A field of Fig. 21: how being of this driver goes with a measure, among data with this location of the load. Values are of those
 * of cells that all its drivers have; where there is no such cell, all of them, and then without an interval.
 */
export interface KendallCell {
  location: Location;
  measure: PaperMeasure;
  arm: Arm;
  unit: AnalysisUnit;
  /** Values, and how many of them are of this driver. */
  n: number;
  ofArm: number;
  /** With deployments for values: each replicate has a tau, and this is their Hodges-Lehmann estimate. */
  tau: number | null;
  /** Replicates that have a tau, and the 95 % interval over them; null with another unit, and with fewer than six. */
  replicates: number | null;
  interval: Pick<Interval, "low" | "high" | "level"> | null;
  /** Null for deployments, whose answer is the interval: values of different cells are not one sample, nor are those of the same VMs. */
  pValue: number | null;
  /** Deployments without a value by driver; null with another unit. */
  lost: LostOfArm[] | null;
  notes: string[];
}

interface Valued {
  arm: Arm;
  value: number;
}

const indicatorOf = (valued: readonly Valued[], arm: Arm) =>
  Float64Array.from(valued, (deployment) => (deployment.arm === arm ? 1 : 0));
const valuesOf = (valued: readonly Valued[]) => Float64Array.from(valued, ({ value }) => value);
const countOf = (valued: readonly Valued[], arm: Arm) => valued.filter((deployment) => deployment.arm === arm).length;

const valued = (deployments: readonly StudyDeployment[], measure: Measure): Valued[] =>
  deployments.flatMap((deployment) => {
    const value = deployment.valueOf(measure);
    return value === null ? [] : [{ arm: deployment.run.arm, value }];
  });

/** Between which tau-b lies, also where nobody knows it. */
export const tauEnds: Ends = { low: -1, high: 1 };

/** The taus of replicates. */
interface ReplicateTaus {
  /** Those that are known; a replicate of which one driver or one value is there has none. */
  values: Float64Array;
  /** Replicates with a deployment without a value: they would have had a tau. */
  unknown: number;
}

/** Kendall's tau-b of a driver's indicator with a measure, one a replicate. */
export function tauByReplicate(deployments: readonly StudyDeployment[], measure: Measure, arm: Arm): ReplicateTaus {
  const groups = [...Map.groupBy(deployments, ({ replicate }) => replicate).values()];
  const whole = groups.filter((group) => group.every((deployment) => deployment.valueOf(measure) !== null));
  const taus = whole.flatMap((group) => {
    const values = valued(group, measure);
    // Tau alone is asked for, and an exact p takes a hundred times as long.
    return kendall(indicatorOf(values, arm), valuesOf(values), { method: "asymptotic" }).statistic ?? [];
  });
  return { values: Float64Array.from(taus), unknown: groups.length - whole.length };
}

const notShared =
  "no cell has a deployment of every driver: a driver cannot be told from what makes its cells slow, so there is no interval";

/** The deployments of those drivers that have a value at all, or could have had one. */
export const measurable = (deployments: readonly StudyDeployment[], measure: Measure): StudyDeployment[] => {
  const arms = new Set(
    deployments
      .filter((deployment) => deployment.valueOf(measure) !== null || deployment.hasLostRuns)
      .map(({ run }) => run.arm),
  );
  return deployments.filter(({ run }) => arms.has(run.arm));
};

/** The deployments of the cells that all drivers with a value have; without such a cell, all deployments. */
function comparable(deployments: readonly StudyDeployment[], measure: Measure) {
  const measured = measurable(deployments, measure);
  const shared = inSharedCells(measured, [...new Set(measured.map(({ run }) => run.arm))]);
  return shared.length > 0 ? { used: shared, isShared: true } : { used: measured, isShared: false };
}

/** Why no replicate has a tau. */
const noCorrelation = (values: readonly Valued[]) =>
  new Set(values.map(({ arm }) => arm)).size < 2
    ? "one driver only"
    : "all values of a replicate are equal: there is no order to correlate";

function ofDeployments(deployments: readonly StudyDeployment[], measure: Measure, arm: Arm) {
  const { used, isShared } = comparable(deployments, measure);
  const values = valued(used, measure);
  const { values: taus, unknown } = tauByReplicate(used, measure, arm);
  const estimate = taus.length === 0 ? null : estimateWithUnknown(taus, unknown, hodgesLehmannOfDifferences, tauEnds);
  const interval = isShared ? estimate?.interval : null;
  const short = isShared ? notEnough(taus.length, fewestReplicates) : notShared;
  const lost = lostByArm(used, measure);
  const words = lostWords(lost);
  return {
    n: values.length,
    ofArm: countOf(values, arm),
    tau: estimate?.estimate ?? null,
    replicates: taus.length,
    interval: interval ? { low: interval.low, high: interval.high, level: interval.level } : null,
    pValue: null,
    notes: [
      ...(short === null ? [] : [taus.length === 0 && unknown === 0 ? noCorrelation(values) : short]),
      ...(words === null ? [] : [`${words}; the interval holds whatever their values would have been`]),
    ],
    lost,
  };
}

function ofRuns(runs: readonly StudyRun[], measure: Measure, arm: Arm, packets: Packets | undefined) {
  const values = runs.flatMap((run) =>
    valuesOfRun(run, measure, packets).values.flatMap((value) => (value === null ? [] : [{ arm: run.arm, value }])),
  );
  const { statistic, pValue, notes } = kendall(indicatorOf(values, arm), valuesOf(values));
  const none = { replicates: null, interval: null, lost: null };
  return { n: values.length, ofArm: countOf(values, arm), tau: statistic, ...none, pValue, notes };
}

/**
 * Fig. 21 (5.1): Kendall's tau-b of a 0/1 indicator per driver with the Sender's CPU usage and with the RTT, split by
 * location of the load. A driver that has no run there has no cell.
 */
export function kendallFigure(runs: readonly StudyRun[], unit: AnalysisUnit, packets?: Packets): KendallCell[] {
  const byPacket = unit === "packet" ? packets : undefined;
  return locations.flatMap((location) => {
    const present = runs.filter((run) => locationOf(run) === location);
    const deployments = unit === "deployment" ? studyDeployments(present) : [];
    return paperMeasureNames.flatMap((measure) =>
      armNames.flatMap((arm): KendallCell[] => {
        const found =
          unit === "deployment" ? ofDeployments(deployments, measure, arm) : ofRuns(present, measure, arm, byPacket);
        const ofValues = unit === "deployment" ? unit : unitOfValues(unit, measure, byPacket);
        return found.ofArm === 0 ? [] : [{ location, measure, arm, unit: ofValues, ...found }];
      }),
    );
  });
}
