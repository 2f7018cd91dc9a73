import { digits } from "../../lib/digits.ts";
import { eachTwo } from "../../lib/each-two.ts";
import { centreOf, exponential, fewestReplicates, notEnough } from "../../measure/analysis/comparison.ts";
import { onScale } from "../../measure/analysis/contrasts.ts";
import { lostShortage, ratioShortage } from "../../measure/analysis/pairing-words.ts";
import { asText, intervalText } from "../../measure/analysis/print/table.ts";
import { roundedValue } from "../../measure/analysis/rounding.ts";
import { median } from "../../measure/statistics/quantiles.ts";
import { studentValues } from "../../measure/statistics/student-interval.ts";

/** The median RTT of one run. */
export interface RunMedian {
  replicate: number;
  /** Null where no packet came back. */
  medianMs: number | null;
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
  /** Deployments of each that have no value. */
  lost: { first: number; second: number };
  /** Whether the data tell the two apart: the interval does not hold 1. Null without an interval. */
  toldApart: boolean | null;
  /** Why there is no interval. */
  shortage: string | null;
}

/** A deployment's value: the median of its runs' medians; null where half of them or more lost all packets. */
function byReplicate(runs: readonly RunMedian[]): Map<number, number | null> {
  const groups = Map.groupBy(runs, ({ replicate }) => replicate);
  const medianOf = (group: readonly RunMedian[]) => {
    const known = group.flatMap(({ medianMs }) => medianMs ?? []);
    return 2 * known.length > group.length ? roundedValue(median(known)) : null;
  };
  return new Map([...groups].map(([replicate, group]) => [replicate, medianOf(group)]));
}

const hasRatio = (value: number) => onScale(value, "ratio") !== null;
type Values = ReadonlyMap<number, number | null>;
const lostOf = (values: Values) => [...values.values()].filter((value) => value === null).length;
const withoutRatio = (values: Values) =>
  [...values.values()].filter((value) => value !== null && !hasRatio(value)).length;

function compare(first: string, second: string, a: readonly RunMedian[], b: readonly RunMedian[]): DriverComparison {
  const [x, y] = [byReplicate(a), byReplicate(b)];
  const logarithms = [...x].flatMap(([replicate, value]) => {
    const other = y.get(replicate) ?? null;
    return value === null || other === null || !hasRatio(value) || !hasRatio(other) ? [] : [Math.log(value / other)];
  });
  const lost = { first: lostOf(x), second: lostOf(y) };
  const unknown = [...x].filter(
    ([replicate, value]) => y.has(replicate) && (value === null || y.get(replicate) === null),
  ).length;
  const centre = centreOf(Float64Array.from(logarithms), "student", unknown);
  const found = centre && exponential(centre);
  const n = logarithms.length;
  const short = ratioShortage({ first: withoutRatio(x), second: withoutRatio(y) }) ?? lostShortage(unknown, n, centre);
  const interval = short === null ? (found?.interval ?? null) : null;
  return {
    first,
    second,
    replicates: n,
    ratio: found?.estimate ?? null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    method: interval === null ? null : interval.method === "t" ? "student" : "hodges-lehmann",
    lost,
    toldApart: interval === null ? null : interval.low > 1 || interval.high < 1,
    shortage:
      interval === null
        ? (short ?? notEnough(n, studentValues.fewest) ?? "the replicates do not differ: no spread to judge by")
        : null,
  };
}

/**
 * Compares the RTTs of every two drivers. The deployment is the unit: its runs are one value, and a replicate, which deploys every
 * driver once, is one ratio.
 * @param medians of each run, by driver
 */
export const compareDrivers = (medians: Readonly<Record<string, readonly RunMedian[]>>): DriverComparison[] =>
  eachTwo(Object.entries(medians)).map(([[first, a], [second, b]]) => compare(first, second, a, b));

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
      ...comparisons.flatMap(({ first, second, lost }) =>
        lost.first + lost.second > 0
          ? [`all packets lost: ${lost.first} deployments of ${first}, ${lost.second} of ${second}`]
          : [],
      ),
      ...(comparisons.length > 1
        ? [
            `with no true difference, up to ${5 * comparisons.length} % of demos tell at least one of these ${comparisons.length} pairs apart`,
          ]
        : []),
      'each pair is judged by itself at 95 %; "no" means that these data do not tell, not that the two are equal',
    ],
  });
}
