import { type Measure, measures } from "../../../study/metric-lists.ts";
import { studentValues } from "../../statistics/student-interval.ts";
import { estimateOf } from "../compared-estimate.ts";
import { type Comparison, fewestReplicates, notEnough } from "../comparison.ts";
import { emulatedCpu, isCpu, saysNothing } from "../measures.ts";
import { countHead, percentText } from "../print/table.ts";

const rounded = (value: number) => String(Number(Math.abs(value).toPrecision(3)));

/** Which side is lower and by how much, as "A is lower by 20 %". */
function sizeWords(comparison: Comparison, measure: Measure, unit: string, [a, b]: [string, string]): string {
  const { difference, ratio, medians } = comparison;
  if (ratio !== null) {
    const factor = Math.min(ratio.estimate, 1 / ratio.estimate);
    return `${ratio.estimate < 1 ? a : b} is lower by ${percentText(1 - factor)}`;
  }
  const estimate = difference?.estimate ?? 0;
  const base = Math.max(medians.first ?? 0, medians.second ?? 0);
  const share = isCpu(measure) || base <= 0 ? "" : ` (${Math.round((100 * Math.abs(estimate)) / base)} %)`;
  return `${estimate < 0 ? a : b} is lower by ${rounded(estimate)} ${isCpu(measure) ? "percentage points" : unit}${share}`;
}

/** Whether the interval tells the sides apart. */
export function isDecided(comparison: Comparison): boolean {
  const found = estimateOf(comparison);
  return found?.interval ? found.interval.low > found.equal || found.interval.high < found.equal : false;
}

/** The same on servers of a fidelity: null where the measure says nothing there, or there is no interval. */
export const decidedOn = (fidelity: string, comparison: Comparison, measure: Measure): boolean | null =>
  saysNothing(measure, fidelity) || !estimateOf(comparison)?.interval ? null : isDecided(comparison);

/** What a comparison says, for a reader who wants one sentence; never "no difference" because of a large p. */
export function verdictOf(comparison: Comparison, measure: Measure, unit: string, names: [string, string]): string {
  const { n } = comparison;
  const found = estimateOf(comparison);
  if (found === null || n === 0) return comparison.shortage ?? "nothing to compare";
  const { estimate, interval, equal } = found;
  const size = estimate === equal ? "equal" : sizeWords(comparison, measure, unit, names);
  if (interval === null) {
    if (comparison.shortage !== null) return `${comparison.shortage}; of the others ${size}`;
    if (comparison.unit !== "deployment") return `${size}; too few ${countHead(comparison.unit)} to tell (n = ${n})`;
    const short = notEnough(n, comparison.test === "mann-whitney" ? 4 : studentValues.fewest);
    return short === null ? `${size}; the replicates do not tell by how much they vary` : `${short}; here ${size}`;
  }
  if (isDecided(comparison)) return size;
  return `no difference shown: the interval holds ${equal}`;
}

/** The same on servers of a fidelity, where some measures say nothing. */
export const verdictOn = (
  fidelity: string,
  comparison: Comparison,
  measure: Measure,
  names: [string, string],
): string =>
  saysNothing(measure, fidelity) ? emulatedCpu : verdictOf(comparison, measure, measures[measure].unit, names);

/** What an interval rests on that a reader should know, as sentences; empty where it rests on no distribution. */
export function assumptions(comparisons: readonly (Comparison | null)[]): string[] {
  const isStudent = comparisons.some((comparison) => estimateOf(comparison)?.interval?.method === "t");
  if (!isStudent) return [];
  return [
    `with fewer than ${fewestReplicates} replicates no 95 % interval is free of a distribution: Student's t here takes the logarithms of the replicates' ratios ` +
      "(CPU usage: the differences) for normally distributed, and cannot check it; p is the signed-rank test's, which they cannot bring to 5 %",
  ];
}
