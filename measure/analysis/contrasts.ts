import type { Measure } from "../../study/metric-lists.ts";
import type { RunRecord } from "../dataset/run-record.ts";
import { countDeployments, type Deployment } from "./deployments.ts";
import { isCpu } from "./measures.ts";
import { roundedContrast } from "./rounding.ts";

/** Times and shares are compared by their ratio, which cells of any size have in common; CPU usages by points of it. */
export type Scale = "ratio" | "difference";
export const scaleOf = (measure: Measure): Scale => (isCpu(measure) ? "difference" : "ratio");

/** A deployment in the cell of the design in which it finds its partner. */
export interface Placed<Run extends RunRecord = RunRecord> {
  deployment: Deployment<Run>;
  /** Whatever both sides of a pair must share besides the replicate, as one text. */
  cell: string;
}

/** Two sides of a comparison, put side by side replicate by replicate. */
export interface Contrasts<Run extends RunRecord = RunRecord> {
  scale: Scale;
  /**
   * One number a replicate, the independent unit: the mean over its cells of log(first / second), or of first - second. Cells
   * of one replicate may be measured in the same VMs, and so count as one.
   */
  values: Float64Array;
  /** Pairs of values, those of them of which both sides were measured in the same VMs, and the distinct cells that they are of. */
  pairs: number;
  within: number;
  cells: number;
  /** Replicates of which a pair has a deployment without a value: their numbers may be anything. */
  unknown: number;
  /** Replicates that lack cells which others have, and were left out for it. */
  incomplete: number;
  /** Deployments with a partner, of replicates that have a number. */
  used: { first: Deployment<Run>[]; second: Deployment<Run>[] };
  /** Deployments that the other side lacks, and those without a value. */
  unmatched: { first: number; second: number };
  withoutValue: { first: number; second: number };
  /** Deployments whose value has no ratio, because it is not above 0. Without them a ratio speaks of a selection. */
  withoutRatio: { first: number; second: number };
}

interface Unit<Run extends RunRecord> {
  key: string;
  cell: string;
  deployments: Deployment<Run>[];
  /** The deployment's value on the scale, a mean where a side has several in one cell; null where one of them has none. */
  value: number | null;
}

const mean = (values: readonly number[]) =>
  roundedContrast(values.reduce((sum, value) => sum + value, 0) / values.length);

/** A value on the scale on which sides are subtracted; null where it has none. */
export function onScale(value: number | null, scale: Scale): number | null {
  if (value === null || scale === "difference") return value;
  return value > 0 ? Math.log(value) : null;
}

/** Whether a deployment has a value that the scale has no place for. */
export const isOffScale = (deployment: Deployment, measure: Measure, scale: Scale): boolean =>
  deployment.valueOf(measure) !== null && onScale(deployment.valueOf(measure), scale) === null;

/**
 * Cells of which no deployment of a side has a value though none of its runs is lost: what is measured there cannot be had, as without
 * a capture, and whether it is there tells nothing of what it is.
 */
function unmeasurable<Run extends RunRecord>(side: readonly Placed<Run>[], measure: Measure): Set<string> {
  const groups = Map.groupBy(side, ({ cell }) => cell);
  return new Set(
    [...groups].flatMap(([cell, all]) =>
      all.every(({ deployment }) => deployment.valueOf(measure) === null && !deployment.hasLostRuns) ? [cell] : [],
    ),
  );
}

function unitsOf<Run extends RunRecord>(side: readonly Placed<Run>[], measure: Measure, scale: Scale) {
  const units = new Map<string, { cell: string; deployments: Deployment<Run>[]; values: (number | null)[] }>();
  const without = unmeasurable(side, measure);
  const withoutValue: Deployment[] = [];
  const withoutRatio: Deployment[] = [];
  for (const { deployment, cell } of side) {
    const isOff = isOffScale(deployment, measure, scale);
    const value = onScale(deployment.valueOf(measure), scale);
    if (isOff) withoutRatio.push(deployment);
    else if (value === null) withoutValue.push(deployment);
    if (isOff || without.has(cell)) continue;
    const key = `${deployment.replicate}\n${cell}`;
    const unit = units.get(key) ?? { cell, deployments: [], values: [] };
    units.set(key, unit);
    unit.deployments.push(deployment);
    unit.values.push(value);
  }
  const found = [...units].map(([key, { cell, deployments, values }]): Unit<Run> => {
    const known = values.filter((value) => value !== null);
    return { key, cell, deployments, value: known.length < values.length ? null : mean(known) };
  });
  return { found, withoutValue: countDeployments(withoutValue), withoutRatio: countDeployments(withoutRatio) };
}

/** Deployments with a value that has no partner with one. */
const unmatchedOf = (side: readonly Unit<RunRecord>[], others: readonly Unit<RunRecord>[]): number => {
  const valued = new Set(others.flatMap(({ key, value }) => (value === null ? [] : [key])));
  return countDeployments(side.flatMap((one) => (one.value === null || valued.has(one.key) ? [] : one.deployments)));
};

/** What one replicate has of both sides. */
interface PairedReplicate<Run extends RunRecord> {
  /** A number a cell; null where it is not known. */
  contrasts: (number | null)[];
  first: Deployment<Run>[];
  second: Deployment<Run>[];
}

/**
 * Pairs deployments of equal cell and replicate, and makes one number of each replicate.
 * @param options.whole leave out replicates that lack cells which others have: their mean is of something else
 */
export function contrastsOf<Run extends RunRecord>(
  first: readonly Placed<Run>[],
  second: readonly Placed<Run>[],
  measure: Measure,
  scale: Scale = scaleOf(measure),
  options: { whole?: boolean } = {},
): Contrasts<Run> {
  const [left, right] = [unitsOf(first, measure, scale), unitsOf(second, measure, scale)];
  const partners = new Map(right.found.map((unit) => [unit.key, unit]));
  const byReplicate = new Map<string, PairedReplicate<Run>>();
  const cells = new Set<string>();
  const scenarios = new Set<string>();
  let [pairs, within] = [0, 0];
  for (const { key, cell, deployments, value } of left.found) {
    const partner = partners.get(key);
    const [deployment] = deployments;
    if (partner === undefined || deployment === undefined) continue;
    const contrast = value === null || partner.value === null ? null : value - partner.value;
    if (contrast !== null) {
      pairs++;
      if (partner.deployments.some(({ vms }) => vms === deployment.vms)) within++;
      cells.add(cell);
    }
    scenarios.add(deployment.run.design);
    const paired = byReplicate.get(deployment.replicate) ?? { contrasts: [], first: [], second: [] };
    byReplicate.set(deployment.replicate, paired);
    paired.contrasts.push(contrast);
    paired.first.push(...deployments);
    paired.second.push(...partner.deployments);
  }
  const all = [...byReplicate.values()];
  const taken = options.whole ? all.filter(({ contrasts }) => contrasts.length === scenarios.size) : all;
  const known = taken.filter(({ contrasts }) => !contrasts.includes(null));
  return {
    scale,
    values: Float64Array.from(known, ({ contrasts }) => mean(contrasts.filter((value) => value !== null))),
    ...{ pairs, within },
    cells: cells.size,
    unknown: taken.length - known.length,
    incomplete: all.length - taken.length,
    used: { first: known.flatMap((pair) => pair.first), second: known.flatMap((pair) => pair.second) },
    unmatched: { first: unmatchedOf(left.found, right.found), second: unmatchedOf(right.found, left.found) },
    withoutValue: { first: left.withoutValue, second: right.withoutValue },
    withoutRatio: { first: left.withoutRatio, second: right.withoutRatio },
  };
}

/** The numbers of the replicates of one side alone. */
interface ReplicateValues<Run extends RunRecord> {
  values: Float64Array;
  used: Deployment<Run>[];
  /** Replicates with a deployment without a value, and those left out because they lack cells which others have. */
  unknown: number;
  incomplete: number;
  /** Deployments whose value has no ratio. */
  withoutRatio: number;
}

/** The number of each replicate of one side alone: the mean of its cells, on the scale. Only replicates that have all cells take part. */
export function valuesByReplicate<Run extends RunRecord>(
  deployments: readonly Deployment<Run>[],
  measure: Measure,
  scale: Scale = scaleOf(measure),
): ReplicateValues<Run> {
  const cellOf = ({ run }: Deployment<Run>) => run.design;
  const without = unmeasurable(
    deployments.map((deployment) => ({ deployment, cell: cellOf(deployment) })),
    measure,
  );
  const measurable = deployments.filter((deployment) => !without.has(cellOf(deployment)));
  const scaled = measurable.filter((deployment) => !isOffScale(deployment, measure, scale));
  const cells = new Set(scaled.map(cellOf)).size;
  const groups = [...Map.groupBy(scaled, ({ replicate }) => replicate).values()];
  const taken = groups.filter((group) => group.length === cells);
  const known = taken.filter((group) => group.every((deployment) => deployment.valueOf(measure) !== null));
  return {
    values: Float64Array.from(known, (group) =>
      mean(group.flatMap((deployment) => onScale(deployment.valueOf(measure), scale) ?? [])),
    ),
    used: known.flat(),
    unknown: taken.length - known.length,
    incomplete: groups.length - taken.length,
    withoutRatio: countDeployments(measurable.filter((deployment) => isOffScale(deployment, measure, scale))),
  };
}
