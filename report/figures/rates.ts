import type { StudyData } from "../study-data.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { besideOverVms, drawnDrivers, panelsByName, placeCells, placeFields } from "./panels.ts";
import { byDriver, logAxis, logScale, tooltipOf } from "./pieces.ts";
import { neutral } from "./theme.ts";

const fields = [
  ...placeFields,
  { name: "scenario", head: "scenario" },
  { name: "requested", head: "asked for, packets/s" },
  { name: "achieved", head: "achieved, packets/s (median of the runs)" },
];

function specOf(rows: readonly DrawnRow[]): FigureSpec {
  const { width, encoding } = besideOverVms(rows);
  const y = {
    type: "quantitative" as const,
    title: "packets a second",
    scale: logScale,
    axis: logAxis,
  };
  return {
    ...panelsByName(rows),
    spec: {
      width,
      height: 190,
      layer: [
        {
          mark: { type: "rule", color: neutral.ink, strokeWidth: 1.5 },
          encoding: { y: { ...y, field: "requested" } },
        },
        {
          mark: { type: "point", filled: true, size: 45, opacity: 1, stroke: neutral.ink, strokeWidth: 0.6 },
          encoding: {
            ...encoding,
            y: { ...y, field: "achieved" },
            color: byDriver(drawnDrivers(rows)),
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
  const rows = places.flatMap((place): DrawnRow[] => {
    const scenario = scenarios[place.scenario];
    const achieved = known.get(scenario?.sha256 ?? "");
    if (scenario === undefined || achieved === undefined) return [];
    const { name, ratePps } = scenario;
    const cells = { ...placeCells(place), vms: place.vms, scenario: name, requested: ratePps, achieved };
    return [{ scenarios: [place.scenario], cells }];
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
