import { armNames, arms, placeOf } from "../../measure/analysis/arms.ts";
import { intervalText } from "../../measure/analysis/print/table.ts";
import { locationOf, paperMeasures } from "../../measure/analysis/table3.ts";
import type { StudyData } from "../study-data.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { panelsInTurn } from "./panels.ts";
import { tooltipOf } from "./pieces.ts";
import { neutral } from "./theme.ts";

const fields = [
  { name: "panel", head: "measure" },
  { name: "location", head: "load at" },
  { name: "arm", head: "driver" },
  { name: "tau", head: "tau-b" },
  { name: "low", head: "95 % interval from" },
  { name: "high", head: "to" },
  { name: "replicates", head: "replicates" },
  { name: "n", head: "values" },
  { name: "note", head: "note" },
];

const specOf = (rows: readonly DrawnRow[]): FigureSpec => ({
  ...panelsInTurn(rows),
  spec: {
    width: { step: 78 },
    height: { step: 46 },
    encoding: {
      x: { field: "arm", type: "nominal", sort: [...armNames], title: null, axis: { labelAngle: 0 } },
      y: { field: "location", type: "nominal", sort: null, title: "load at" },
      tooltip: tooltipOf(fields),
    },
    layer: [
      {
        mark: { type: "rect", stroke: neutral.line, strokeWidth: 0.5 },
        encoding: {
          color: {
            field: "tau",
            type: "quantitative",
            scale: { domain: [-1, 0, 1], range: ["#0072B2", "#f7f7f7", "#D55E00"] },
            legend: { title: "tau-b", gradientLength: 160 },
          },
        },
      },
      {
        mark: { type: "text", baseline: "bottom", fontWeight: "bold", dy: 1 },
        encoding: {
          text: { field: "shown" },
          color: { condition: { test: "abs(datum.tau) > 0.6", value: "#fefefe" }, value: "#1a1a1a" },
        },
      },
      {
        mark: { type: "text", baseline: "top", fontSize: 9.5, dy: 4 },
        encoding: {
          text: { field: "interval" },
          color: { condition: { test: "abs(datum.tau) > 0.6", value: "#fefefe" }, value: "#1a1a1a" },
        },
      },
    ],
  },
});

/** Kendall's tau-b of each driver with a measure (Fig. 21), as a heat map. */
export function kendallFigures({ analysis, dataset, indexOf }: StudyData): Drawing[] {
  const rows = analysis.kendall.map(({ location, measure, arm, tau, interval, replicates, n, notes }): DrawnRow => {
    const runs = dataset.runs.filter((run) => placeOf(run) !== null && locationOf(run) === location);
    return {
      scenarios: [...new Set(runs.flatMap(({ scenarioSha256 }) => indexOf.get(scenarioSha256) ?? []))],
      cells: {
        panel: paperMeasures[measure].head,
        ...{ location, arm, tau, replicates, n },
        low: interval?.low ?? null,
        high: interval?.high ?? null,
        shown: tau === null ? "none" : tau.toFixed(2),
        interval: interval ? intervalText(interval) : "no interval",
        note: notes.join("; ") || null,
      },
    };
  });
  return [
    {
      name: "kendall",
      title: "How each driver goes with CPU usage and RTT (Fig. 21)",
      caption: [
        "Kendall's tau-b of an indicator that is 1 for values of the driver and 0 for all others: positive where the driver goes with larger values. Hodges and Lehmann's estimate over replicates, with its 95 % interval.",
        ...armNames.filter((arm) => rows.some(({ cells }) => cells.arm === arm)).map((arm) => `${arm}: ${arms[arm]}.`),
      ],
      fields,
      rows,
      missing: rows.length === 0 ? ["no run is of a driver that the study compares"] : [],
      spec: rows.length === 0 ? null : specOf(rows),
    },
  ];
}
