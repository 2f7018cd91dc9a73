import { inOrder, levelWords } from "../layout/places.ts";
import type { StudyData } from "../study-data.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { drawnDrivers, panelsByName, placeCells, placeFields } from "./panels.ts";
import { byDriver, logAxis, logScale, tooltipOf } from "./pieces.ts";

const fields = [
  ...placeFields,
  { name: "part", head: "part of the packets that took no longer" },
  { name: "ms", head: "RTT, ms" },
  { name: "longer", head: "part that took longer" },
];

function specOf(rows: readonly DrawnRow[]): FigureSpec {
  const drivers = drawnDrivers(rows);
  const x = { field: "ms", type: "quantitative" as const, title: "RTT, ms", scale: logScale, axis: logAxis };
  const y = {
    type: "quantitative" as const,
    title: "part of the packets that took longer",
    scale: logScale,
    axis: logAxis,
  };
  return {
    ...panelsByName(rows),
    spec: {
      width: 330,
      height: 200,
      layer: [
        {
          transform: [{ filter: "datum.longer > 0" }],
          mark: { type: "line", interpolate: "step-after", strokeWidth: 1.8 },
          encoding: {
            x,
            y: { ...y, field: "longer" },
            color: byDriver(drivers),
            detail: { field: "line" },
            order: { field: "part" },
          },
        },
        {
          transform: [{ filter: "datum.longer > 0" }],
          mark: { type: "point", filled: true, size: 12, opacity: 1 },
          encoding: { x, y: { ...y, field: "longer" }, color: byDriver(drivers), tooltip: tooltipOf(fields) },
        },
      ],
    },
  };
}

/** Scenarios that are drawn while nobody has chosen: those in which nobody competes, and those with the most background VMs. */
export function drawnAtFirst({ placesByVms }: Pick<StudyData, "placesByVms">): ReadonlySet<number> {
  const most = Math.max(...placesByVms.map(({ vms }) => vms));
  return new Set(placesByVms.filter(({ vms }) => vms === 0 || vms === most).map(({ scenario }) => scenario));
}

/** What a caption says where not all scenarios are drawn at first. */
export const othersByFilter = (rows: readonly DrawnRow[]): string[] =>
  rows.some(({ detail }) => detail)
    ? ["Drawn are scenarios without background VMs and with the most; the filter shows the others."]
    : [];

/** Scenarios of which no packet came back, in a sentence; nothing where there is none. */
export function withoutReply({ dataset, distributions }: Pick<StudyData, "dataset" | "distributions">): string[] {
  const silent = [...dataset.runs, ...dataset.lost].filter(({ scenarioSha256 }) => !distributions.has(scenarioSha256));
  const names = inOrder(silent.map(({ scenario }) => scenario));
  return names.length === 0 ? [] : [`no packet that counts came back: ${names.join(", ")}`];
}

/** The distribution of RTTs with its tail. */
export function distributionFigures(study: StudyData): Drawing[] {
  const drawn = drawnAtFirst(study);
  const rows = study.placesByVms.flatMap((place): DrawnRow[] =>
    (study.distributions.get(study.scenarios[place.scenario]?.sha256 ?? "") ?? []).map(({ part, value }) => ({
      scenarios: [place.scenario],
      ...(!drawn.has(place.scenario) && { detail: true as const }),
      cells: {
        ...placeCells(place),
        line: `${place.scenario}`,
        ms: value / 1e6,
        part,
        longer: Number((1 - part).toPrecision(6)),
      },
    })),
  );
  return [
    {
      name: "distribution-rtt",
      title: "RTT: distribution and tail",
      caption: [
        "How large a part of a scenario's packets took longer than a time, both on log scales: 0.5 is the median, 0.01 the 99th percentile. Points are quantiles of type 1, values that were measured; a curve ends where so many packets tell no more. Packets that did not come back are in no curve.",
        ...levelWords(study.placesByVms),
        ...othersByFilter(rows),
      ],
      fields,
      rows,
      missing: withoutReply(study),
      spec: rows.length === 0 ? null : specOf(rows),
    },
  ];
}
