import { assumptions } from "../../measure/analysis/compare/verdict.ts";
import { type Disturbance, disturbers, sidesInWords } from "../../measure/analysis/disturbance.ts";
import { lostOfSides } from "../../measure/analysis/lost-deployments.ts";
import { isCpu } from "../../measure/analysis/measures.ts";
import { measures } from "../../study/metric-lists.ts";
import type { StudyData } from "../study-data.ts";
import type { Drawing, DrawnRow } from "./drawing.ts";
import { effectCells, effectFields, effectSpec } from "./effects.ts";
import { asTitle } from "./pieces.ts";
import { driversInOrder } from "./theme.ts";

/** Times are compared by ratios, CPU usage by differences: two axes. */
const figures = [
  {
    name: "disturbance",
    what: "RTT and its parts",
    isRatio: true,
    estimate: "with / without",
    reading: "A mark right of 1: what measures makes it longer, shown on a log scale. Where a bar holds 1",
  },
  {
    name: "disturbance-cpu",
    what: "CPU usage",
    isRatio: false,
    estimate: "with - without, percentage points",
    reading: "A mark right of 0: what measures takes CPU. Where a bar holds 0",
  },
] as const;

const fieldsOf = (estimate: string) => [
  { name: "panel", head: "what measures, and the measure" },
  { name: "driver", head: "driver of the Main VMs" },
  ...effectFields(estimate),
];

const panelOf = ({ by, measure }: Disturbance) => `${by}: ${measures[measure].what}`;

const rowOf = (one: Disturbance, indexOf: StudyData["indexOf"]): DrawnRow => ({
  scenarios: one.scenarios.flatMap((sha256) => indexOf.get(sha256) ?? []),
  cells: {
    panel: panelOf(one),
    driver: one.driver,
    ...effectCells({ ...one, unavailable: null }),
  },
});

/** What measuring itself changes, driver by driver; no figure where all was measured alike. */
export function disturbanceFigures({ analysis, indexOf }: Pick<StudyData, "analysis" | "indexOf">): Drawing[] {
  if (analysis.disturbance.length === 0) return [];
  const order = driversInOrder(analysis.disturbance.map(({ driver }) => driver));
  const inOrder = [...analysis.disturbance].sort((a, b) => order.indexOf(a.driver) - order.indexOf(b.driver));
  return figures.flatMap(({ name, what, isRatio, estimate, reading }): Drawing[] => {
    const shown = inOrder.filter(({ measure }) => isCpu(measure) !== isRatio);
    if (shown.length === 0) return [];
    const rows = shown.map((one) => rowOf(one, indexOf));
    const fields = fieldsOf(estimate);
    return [
      {
        name,
        title: `Own disturbance: what measuring changes of the ${what}`,
        caption: [
          `${reading}, the data do not tell that it changes anything, which does not mean that it does not. Bars are 95 % intervals.`,
          `${asTitle(sidesInWords(shown).join("; "))}. Deployments of equal replicate that differ in that alone are a pair; a replicate is one number, the mean of its cells, and n counts replicates.`,
          ...assumptions(shown.map(({ comparison }) => comparison)).map((words) => `${asTitle(words)}.`),
        ],
        fields,
        rows,
        missing: shown.flatMap(({ by, driver, measure, comparison }) => {
          const words = lostOfSides(comparison.lost, disturbers[by].sides);
          return words === null ? [] : [`${by}, ${driver}, ${measures[measure].what}: ${words}`];
        }),
        spec: rows.some(({ cells }) => cells.estimate !== null)
          ? effectSpec({ title: estimate, isRatio, line: "driver", fields }, rows)
          : null,
      },
    ];
  });
}
