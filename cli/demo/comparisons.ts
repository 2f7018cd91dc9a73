import { centreOf, exponential, fewestReplicates, notEnough } from "../../measure/analysis/comparison.ts";
import { onScale, ratioShortage } from "../../measure/analysis/contrasts.ts";
import { asText, digits, intervalText } from "../../measure/analysis/print/table.ts";
import { roundedValue } from "../../measure/analysis/rounding.ts";
import { median } from "../../measure/statistics/quantiles.ts";
import { studentValues } from "../../measure/statistics/student-interval.ts";

/** The median RTT of one run. */
export interface RunMedian {
  replicate: number;
  medianMs: number;
}

/** Two drivers, compared replicate by replicate. */
export interface DriverComparison {
  first: string;
  second: string;
  /** Replicates that have both: what is taken for independent. */
  replicates: number;
  /** RTT of the first / RTT of the second, with its 95 % interval; null without a replicate that has both. */
  ratio: number | null;
  low: number | null;
  high: number | null;
  /** What the interval rests on. */
  method: "student" | "hodges-lehmann" | null;
  /** Whether the data tell the two apart: the interval does not hold 1. Null without an interval. */
  toldApart: boolean | null;
  /** Why there is no interval. */
  shortage: string | null;
}

/** A deployment's value: the median of its runs' medians. */
function byReplicate(runs: readonly RunMedian[]): Map<number, number> {
  const groups = Map.groupBy(runs, ({ replicate }) => replicate);
  return new Map(
    [...groups].map(([replicate, group]) => [replicate, roundedValue(median(group.map((one) => one.medianMs)))]),
  );
}

const hasRatio = (value: number) => onScale(value, "ratio") !== null;
const withoutRatio = (values: ReadonlyMap<number, number>) =>
  [...values.values()].filter((value) => !hasRatio(value)).length;

function compare(first: string, second: string, a: readonly RunMedian[], b: readonly RunMedian[]): DriverComparison {
  const [x, y] = [byReplicate(a), byReplicate(b)];
  const logarithms = [...x].flatMap(([replicate, value]) => {
    const other = y.get(replicate);
    return other === undefined || !hasRatio(value) || !hasRatio(other) ? [] : [Math.log(value / other)];
  });
  const centre = centreOf(Float64Array.from(logarithms), "student");
  const found = centre && exponential(centre);
  const zeros = ratioShortage({ first: withoutRatio(x), second: withoutRatio(y) });
  const interval = zeros === null ? (found?.interval ?? null) : null;
  const n = logarithms.length;
  return {
    first,
    second,
    replicates: n,
    ratio: found?.estimate ?? null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    method: interval === null ? null : interval.method === "t" ? "student" : "hodges-lehmann",
    toldApart: interval === null ? null : interval.low > 1 || interval.high < 1,
    shortage:
      interval === null
        ? (zeros ?? notEnough(n, studentValues.fewest) ?? "the replicates do not differ: no spread to judge by")
        : null,
  };
}

/**
 * Compares the RTTs of every two drivers. The deployment is the unit: its runs are one value, and a replicate, which deploys every
 * driver once, is one ratio.
 * @param medians of each run, by driver
 */
export function compareDrivers(medians: Readonly<Record<string, readonly RunMedian[]>>): DriverComparison[] {
  const drivers = Object.entries(medians);
  return drivers.flatMap(([first, a], index) =>
    drivers.slice(index + 1).map(([second, b]) => compare(first, second, a, b)),
  );
}

const answers = new Map<boolean | null, string>([
  [true, "yes"],
  [false, "no"],
]);

/** What the demo can tell, what that rests on, and what it cannot; for people. */
export function comparisonText(comparisons: readonly DriverComparison[]): string {
  if (comparisons.length === 0) return "";
  const methods = new Set(comparisons.map(({ method }) => method));
  return asText({
    title: "RTTs compared (a replicate deploys every driver once, and is one ratio)",
    head: ["first", "second", "replicates", "first / second", "95 % interval", "told apart"],
    rows: comparisons.map(({ first, second, replicates, ratio, low, high, toldApart, shortage }) => [
      first,
      second,
      replicates,
      digits(ratio),
      low === null || high === null ? null : intervalText({ low, high }),
      answers.get(toldApart) ?? shortage,
    ]),
    notes: [
      ...(methods.has("student")
        ? [
            `the interval is Student's: it takes the logarithms of the ratios for normally distributed, which so few cannot show; from --replicates ${fewestReplicates} on it rests on no distribution`,
          ]
        : []),
      ...(comparisons.length > 1
        ? [
            `with no true difference, up to ${5 * comparisons.length} % of demos tell at least one of these ${comparisons.length} pairs apart`,
          ]
        : []),
      'each pair is judged by itself at 95 %; "no" means that these data do not tell, not that the two are equal',
    ],
  });
}
