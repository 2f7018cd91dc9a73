import { inOrder } from "../layout/places.ts";
import type { StudyData } from "../study-data.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { besideByDriver, byDriver, inPanels, logAxis, logScale, panelWidth, tooltipOf } from "./pieces.ts";
import { neutral } from "./theme.ts";

const fields = [
  { name: "panel", head: "conditions" },
  { name: "scenario", head: "scenario" },
  { name: "driver", head: "driver" },
  { name: "competing", head: "background VMs" },
  { name: "requested", head: "asked for, packets/s" },
  { name: "achieved", head: "achieved, packets/s (median of the runs)" },
];

function specOf(rows: readonly DrawnRow[]): FigureSpec {
  const drivers = rows.map(({ cells }) => String(cells.driver));
  const vms = new Set(rows.map(({ cells }) => cells.vms));
  const y = {
    type: "quantitative" as const,
    title: "packets a second",
    scale: logScale,
    axis: logAxis,
  };
  return {
    ...inPanels(inOrder(rows.map(({ cells }) => String(cells.panel)))),
    spec: {
      width: panelWidth(vms.size * new Set(drivers).size),
      height: 190,
      layer: [
        {
          mark: { type: "rule", color: neutral.ink, strokeWidth: 1.5 },
          encoding: { y: { ...y, field: "requested" } },
        },
        {
          mark: { type: "point", filled: true, size: 45, opacity: 1, stroke: neutral.ink, strokeWidth: 0.6 },
          encoding: {
            x: { field: "vms", type: "ordinal", title: "background VMs", axis: { labelAngle: 0 }, sort: "ascending" },
            xOffset: besideByDriver(drivers),
            y: { ...y, field: "achieved" },
            color: byDriver(drivers),
            tooltip: tooltipOf(fields),
          },
        },
      ],
    },
  };
}

/** How fast ping sent, beside what it was asked for: two frequencies are two levels only where these differ. */
export function rateFigures({ analysis, scenarios, places }: StudyData): Drawing[] {
  const known = new Map(
    analysis.scenarios.flatMap(({ scenarioSha256, achievedRatePps }) =>
      achievedRatePps === null ? [] : [[scenarioSha256, achievedRatePps] as const],
    ),
  );
  const rows = places.flatMap(({ scenario: index, panel, vms, competing, driver }): DrawnRow[] => {
    const scenario = scenarios[index];
    const achieved = known.get(scenario?.sha256 ?? "");
    if (scenario === undefined || achieved === undefined) return [];
    const { name, ratePps } = scenario;
    return [
      { scenarios: [index], cells: { panel, scenario: name, driver, vms, competing, requested: ratePps, achieved } },
    ];
  });
  const without = analysis.scenarios.length - known.size;
  return [
    {
      name: "rates",
      title: "Frequency of ping: asked for and achieved",
      caption: [
        "Line: what ping was asked for. Points: what it achieved, the median over the runs of a scenario. Where an RTT is above the interval, ping waits for the reply; so two frequencies that were achieved alike are one treatment.",
      ],
      fields,
      rows,
      missing: without > 0 ? [`unavailable for ${without} scenarios: ping does not tell when it sent`] : [],
      spec: rows.length === 0 ? null : specOf(rows),
    },
  ];
}
