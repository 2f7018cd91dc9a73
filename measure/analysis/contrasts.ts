import { counted } from "../../lib/counted.ts";
import type { Measure } from "../../study/metric-lists.ts";
import type { RunRecord } from "../dataset/open.ts";
import type { Deployment } from "./deployments.ts";
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
   * of one replicate may share a deployment's conditions, and so count as one.
   */
  values: Float64Array;
  /** Pairs of deployments, and the distinct cells that they are of. */
  pairs: number;
  cells: number;
  /** Deployments with a partner. */
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
  /** The deployment's value on the scale, a mean where a side has several in one cell. */
  value: number;
}

const mean = (values: readonly number[]) =>
  roundedContrast(values.reduce((sum, value) => sum + value, 0) / values.length);

/** A value on the scale on which sides are subtracted; null where it has none. */
export function onScale(value: number | null, scale: Scale): number | null {
  if (value === null || scale === "difference") return value;
  return value > 0 ? Math.log(value) : null;
}

function unitsOf<Run extends RunRecord>(side: readonly Placed<Run>[], measure: Measure, scale: Scale) {
  const units = new Map<string, { cell: string; deployments: Deployment<Run>[]; values: number[] }>();
  let [withoutValue, withoutRatio] = [0, 0];
  for (const { deployment, cell } of side) {
    const measured = deployment.valueOf(measure);
    const value = onScale(measured, scale);
    if (value === null) {
      if (measured === null) withoutValue++;
      else withoutRatio++;
      continue;
    }
    const key = `${deployment.replicate}\n${cell}`;
    const unit = units.get(key) ?? { cell, deployments: [], values: [] };
    units.set(key, unit);
    unit.deployments.push(deployment);
    unit.values.push(value);
  }
  const found = [...units].map(
    ([key, { cell, deployments, values }]): Unit<Run> => ({ key, cell, deployments, value: mean(values) }),
  );
  return { found, withoutValue, withoutRatio };
}

/** Pairs deployments of equal cell and replicate, and makes one number of each replicate. */
export function contrastsOf<Run extends RunRecord>(
  first: readonly Placed<Run>[],
  second: readonly Placed<Run>[],
  measure: Measure,
  scale: Scale = scaleOf(measure),
): Contrasts<Run> {
  const [left, right] = [unitsOf(first, measure, scale), unitsOf(second, measure, scale)];
  const partners = new Map(right.found.map((unit) => [unit.key, unit]));
  const byReplicate = new Map<string, number[]>();
  const cells = new Set<string>();
  const used = { first: [] as Deployment<Run>[], second: [] as Deployment<Run>[] };
  let pairs = 0;
  for (const { key, cell, deployments, value } of left.found) {
    const partner = partners.get(key);
    if (partner === undefined) continue;
    pairs++;
    cells.add(cell);
    used.first.push(...deployments);
    used.second.push(...partner.deployments);
    const [{ replicate } = { replicate: "" }] = deployments;
    byReplicate.set(replicate, [...(byReplicate.get(replicate) ?? []), value - partner.value]);
  }
  return {
    scale,
    values: Float64Array.from([...byReplicate.values()], mean),
    pairs,
    cells: cells.size,
    used,
    unmatched: { first: left.found.length - pairs, second: right.found.length - pairs },
    withoutValue: { first: left.withoutValue, second: right.withoutValue },
    withoutRatio: { first: left.withoutRatio, second: right.withoutRatio },
  };
}

/** Why a ratio of these deployments decides nothing: some of them have none. Null where all have one. @param counts of one side or two */
export function ratioShortage({ first, second }: { first: number; second?: number }): string | null {
  if (first + (second ?? 0) === 0) return null;
  const found =
    second === undefined ? `${counted(first, "deployment")} with` : `${first} and ${second} deployments have`;
  return `not enough data: ${found} a value of 0, which has no ratio`;
}

/** The number of each replicate of one side alone: the mean of its cells, on the scale. */
export function valuesByReplicate<Run extends RunRecord>(
  deployments: readonly Deployment<Run>[],
  measure: Measure,
  scale: Scale = scaleOf(measure),
): { values: Float64Array; used: Deployment<Run>[] } {
  const used = deployments.filter((one) => onScale(one.valueOf(measure), scale) !== null);
  const groups = Map.groupBy(used, ({ replicate }) => replicate);
  const values = [...groups.values()].map((group) =>
    mean(group.map((one) => onScale(one.valueOf(measure), scale) as number)),
  );
  return { values: Float64Array.from(values), used };
}

/** How the values of a comparison came to be, as a sentence. */
export function pairingWords({ values, pairs, cells, unmatched, withoutValue, withoutRatio }: Contrasts): string {
  const zeros =
    ratioShortage(withoutRatio) === null
      ? ""
      : `, with 0, which has no ratio, ${withoutRatio.first} and ${withoutRatio.second}`;
  return (
    "a deployment is one value, the median of its runs; a pair is two deployments of equal cell and replicate; " +
    `a replicate is one number, the mean of its cells (of ratios the geometric): ${counted(values.length, "replicate")}, ${counted(cells, "cell")}, ${counted(pairs, "pair")}; ` +
    `without a partner ${unmatched.first} and ${unmatched.second}, without a value ${withoutValue.first} and ${withoutValue.second}${zeros}`
  );
}
