import { digits } from "../../../lib/digits.ts";
import { measures } from "../../../study/metric-lists.ts";
import type { Analysis } from "../analyse.ts";
import { assumptions } from "../compare/verdict.ts";
import { estimateOf } from "../compared-estimate.ts";
import { intervalText, type PlainTable } from "./table.ts";

/** What measuring itself changes as a table; none where nothing was measured without captures. */
export function disturbanceTables({ disturbance }: Pick<Analysis, "disturbance">): PlainTable[] {
  if (disturbance.length === 0) return [];
  return [
    {
      title: "Own disturbance: with captures against without",
      head: ["Main VMs", "measure", "replicates", "medians", "ratio (CPU: difference)", "95 % interval", "in words"],
      rows: disturbance.map(({ driver, measure, comparison, verdict }) => {
        const { n, medians } = comparison;
        const estimate = estimateOf(comparison);
        return [
          ...[driver, measures[measure].what, n],
          n === 0 ? null : `${digits(medians.first)} vs ${digits(medians.second)}`,
          ...[digits(estimate?.estimate ?? null), intervalText(estimate?.interval), verdict],
        ];
      }),
      notes: [
        "a pair is two scenarios of a replicate that differ in captures alone",
        ...new Set(
          disturbance.flatMap(({ driver, comparison: { within } }) =>
            within === null ? [] : [`${driver}: ${within}`],
          ),
        ),
        ...assumptions(disturbance.map(({ comparison }) => comparison)),
      ],
    },
  ];
}
