import { kendall } from "../statistics/kendall.ts";
import type { PairingUnit } from "../statistics/pairs.ts";
import { type Arm, armNames, type StudyRun } from "./arms.ts";
import { type Measure, measureOf, type Packets } from "./measures.ts";
import { type Location, locationOf, locations } from "./table3.ts";

/** A field of Fig. 21: how being of this driver goes with a measure, among all runs with this location of the load. */
export interface KendallCell {
  location: Location;
  measure: Measure;
  arm: Arm;
  /** Values, and how many of them are of this driver. */
  n: number;
  ofArm: number;
  tau: number | null;
  pValue: number | null;
  notes: string[];
}

const shown = ["cpuSender", "rtt"] as const satisfies Measure[];

function valuesOf(run: StudyRun, measure: Measure, unit: PairingUnit, packets?: Packets): number[] {
  const own = unit === "packet" && measure === "rtt" ? packets?.get(run.directory) : undefined;
  if (own) return own.values.flatMap((ns) => (ns === null ? [] : [ns / 1e6]));
  const value = measureOf(run, measure);
  return value === null ? [] : [value];
}

/**
 * Fig. 21 (5.1): Kendall's tau-b of a 0/1 indicator per driver with the Sender's CPU usage and with the RTT, split by
 * location of the load. A driver that has no run there has no cell.
 */
export function kendallFigure(runs: readonly StudyRun[], unit: PairingUnit, packets?: Packets): KendallCell[] {
  return locations.flatMap((location) => {
    const here = runs.filter((run) => locationOf(run) === location);
    return shown.flatMap((measure) => {
      const valued = here.flatMap((run) =>
        valuesOf(run, measure, unit, packets).map((value) => ({ arm: run.arm, value })),
      );
      const y = Float64Array.from(valued, ({ value }) => value);
      return armNames.flatMap((arm) => {
        const x = Float64Array.from(valued, (one) => (one.arm === arm ? 1 : 0));
        const ofArm = x.reduce((sum, is) => sum + is, 0);
        if (ofArm === 0) return [];
        const { statistic, pValue, notes } = kendall(x, y);
        return [{ location, measure, arm, n: y.length, ofArm, tau: statistic, pValue, notes }];
      });
    });
  });
}
