import { rateWords } from "../../measure/analysis/competitors.ts";
import { inOrder } from "../layout/places.ts";
import type { StudyData } from "../study-data.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { besideByDriver, byDriver, inPanels, logAxis, logScale, panelWidth, tooltipOf } from "./pieces.ts";
import { neutral } from "./theme.ts";

const fields = [
  { name: "panel", head: "frequency asked for" },
  { name: "driver", head: "driver" },
  { name: "vms", head: "background VMs" },
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
    ...inPanels([...new Set(rows.map(({ cells }) => String(cells.panel)))]),
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
export function rateFigures({ analysis, scenarios, indexOf }: StudyData): Drawing[] {
  const known = analysis.scenarios.filter(({ achievedRatePps }) => achievedRatePps !== null);
  const ofRate = Map.groupBy(known, ({ scenarioSha256 }) => scenarios[indexOf.get(scenarioSha256) ?? -1]?.ratePps ?? 0);
  const rows = inOrder(ofRate.keys()).flatMap((requested) =>
    (ofRate.get(requested) ?? []).flatMap(({ scenarioSha256, achievedRatePps }): DrawnRow[] => {
      const index = indexOf.get(scenarioSha256);
      const scenario = index === undefined ? undefined : scenarios[index];
      if (index === undefined || scenario === undefined) return [];
      const { driver, vms } = scenario;
      const cells = { panel: `asked for: ${rateWords(requested)}`, driver, vms, requested, achieved: achievedRatePps };
      return [{ scenarios: [index], cells }];
    }),
  );
  const without = analysis.scenarios.length - known.length;
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
