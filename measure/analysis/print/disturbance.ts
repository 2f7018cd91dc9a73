import { digits } from "../../../lib/digits.ts";
import { measures } from "../../../study/metric-lists.ts";
import type { Analysis } from "../analyse.ts";
import { assumptions } from "../compare/verdict.ts";
import { estimateOf } from "../compared-estimate.ts";
import { sidesInWords } from "../disturbance.ts";
import { intervalText, type PlainTable } from "./table.ts";

/** What measuring itself changes as a table; none where all was measured alike. */
export function disturbanceTables({ disturbance }: Pick<Analysis, "disturbance">): PlainTable[] {
  if (disturbance.length === 0) return [];
  return [
    {
      title: "Own disturbance: what measuring itself changes",
      head: [
        ...["what", "Main VMs", "measure", "replicates", "medians", "ratio (CPU: difference)", "95 % interval"],
        "in words",
      ],
      rows: disturbance.map(({ by, driver, measure, comparison, verdict }) => {
        const { n, medians } = comparison;
        const estimate = estimateOf(comparison);
        return [
          ...[by, driver, measures[measure].what, n],
          n === 0 ? null : `${digits(medians.first)} vs ${digits(medians.second)}`,
          ...[digits(estimate?.estimate ?? null), intervalText(estimate?.interval), verdict],
        ];
      }),
      notes: [
        ...sidesInWords(disturbance),
        "a pair is two scenarios of a replicate that differ in that alone; of several pairs a replicate is their mean",
        ...new Set(
          disturbance.flatMap(({ by, driver, comparison: { within } }) =>
            within === null ? [] : [`${by}, ${driver}: ${within}`],
          ),
        ),
        ...assumptions(disturbance.map(({ comparison }) => comparison)),
      ],
    },
  ];
}
