import { type Measure, measureNames, measures } from "../../study/metric-lists.ts";
import type { RunRecord } from "../dataset/run-record.ts";
import { driftWithinBlocks, type PlacedValue } from "../statistics/drift.ts";
import type { Interval } from "../statistics/interval.ts";
import { campaignOf } from "./campaigns.ts";
import { onScale, scaleOf } from "./contrasts.ts";
import { countDeployments, deploymentsOf } from "./deployments.ts";
import { ratioShortage } from "./pairing-words.ts";

/** A scenario of a replicate: when it was measured, among which others, and what was found; null where it is unavailable. */
export interface Deployed {
  block: string;
  treatment: string;
  /** The VMs that it was measured in, by a name. */
  vms: string;
  /** Start of its first run, ISO 8601. */
  started: string;
  value: number | null;
}

/** How a measure changed from the first scenario of a replicate to the last, beside what scenarios and replicates do. */
export interface MeasureDrift {
  measure: Measure;
  /** Of change and interval: per cent of the value for times, percentage points for CPU usage. */
  unit: "%" | "percentage points";
  /** Replicates that tell something of it, and deployments of VMs in them. */
  replicates: number;
  deployments: number;
  change: number | null;
  interval: Pick<Interval, "low" | "high" | "level"> | null;
  /** Why there is no change or no interval. */
  note: string | null;
}

const drifting = measureNames.filter((measure) => measures[measure].drifts);

/** Places of the deployments of each block by the time at which they were measured. */
function placed(deployments: readonly Deployed[]): (Deployed & { place: number })[] {
  return [...Map.groupBy(deployments, ({ block }) => block).values()].flatMap((block) => {
    const inOrder = [...block].sort((a, b) => Date.parse(a.started) - Date.parse(b.started));
    return inOrder.map((deployment, index) => ({
      ...deployment,
      place: block.length === 1 ? 0 : index / (block.length - 1),
    }));
  });
}

/**
 * The drift of one measure over the scenarios of a replicate, of which those that were measured in the same VMs go together. Times are compared by their ratio, because a drift that
 * slows a machine slows long and short times alike; CPU usage by its difference.
 */
export function driftOf(deployments: readonly Deployed[], measure: Measure): MeasureDrift {
  const scale = scaleOf(measure);
  const isRatio = scale === "ratio";
  const measured = placed(deployments).filter(({ value }) => value !== null);
  const scaled = measured.flatMap((each) => {
    const value = onScale(each.value, scale);
    return value === null ? [] : [{ ...each, value }];
  });
  const shortage = ratioShortage({
    first: countDeployments(measured.filter(({ value }) => onScale(value, scale) === null)),
  });
  const { blocks, change, interval, note } = driftWithinBlocks(
    scaled.map(
      ({ block, treatment, vms, place, value }): PlacedValue => ({ block, treatment, unit: vms, place, value }),
    ),
  );
  const shown = (difference: number) => (isRatio ? 100 * Math.expm1(difference) : difference);
  return {
    measure,
    unit: isRatio ? "%" : "percentage points",
    replicates: blocks,
    deployments: countDeployments(scaled),
    change: change === null ? null : shown(change),
    interval:
      shortage === null
        ? interval && { low: shown(interval.low), high: shown(interval.high), level: interval.level }
        : null,
    note: measured.length === 0 ? "unavailable: no deployment has a value" : (shortage ?? note),
  };
}

/** What was measured as one sequence: a replicate of one campaign, or of a results directory where none was planned. */
export const blockOf = (run: RunRecord) =>
  JSON.stringify([campaignOf(run), run.place, run.order?.block ?? run.replicate]);

/** The drift of every measure over the deployments of a results directory. */
export function driftOfRuns(runs: readonly RunRecord[]): MeasureDrift[] {
  const deployments = deploymentsOf(runs);
  return drifting.map((measure) =>
    driftOf(
      deployments.map((deployment) => ({
        ...{ treatment: deployment.run.design, vms: deployment.vms, started: deployment.started },
        block: blockOf(deployment.run),
        value: deployment.valueOf(measure),
      })),
      measure,
    ),
  );
}

const signed = (value: number) => `${value < 0 ? "-" : "+"}${Number(Math.abs(value).toPrecision(2))}`;

/** "-12 % [-20, -3]": the change and its interval, or why there is none. */
export function changeWords({ change, interval, unit, note }: MeasureDrift): string {
  if (change === null) return note ?? "";
  const range = interval ? ` [${signed(interval.low)}, ${signed(interval.high)}]` : "";
  return `${signed(change)} ${unit}${range}${note ? ` (${note})` : ""}`;
}

/** One sentence on the drift of a measure. */
export const driftSentence = (drift: MeasureDrift): string =>
  `drift of the ${measures[drift.measure].what} from the first scenario of a replicate to the last: ${changeWords(drift)}`;
