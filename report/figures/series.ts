import type { RunSeries } from "../../measure/dataset/run-series.ts";
import { levelWords } from "../layout/places.ts";
import type { StudyData } from "../study-data.ts";
import { drawnAtFirst, othersByFilter, withoutReply } from "./distribution.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { drawnDrivers, panelsByName, placeCells, placeFields } from "./panels.ts";
import { byDriver, logAxis, logScale, tooltipOf } from "./pieces.ts";

const fields = [
  ...placeFields,
  { name: "run", head: "run" },
  { name: "packet", head: "request" },
  { name: "ms", head: "RTT, ms" },
  { name: "lost", head: "lost" },
];

function specOf(rows: readonly DrawnRow[]): FigureSpec {
  const color = byDriver(drawnDrivers(rows));
  const x = { field: "packet", type: "quantitative" as const, title: "request, in the order of sending" };
  const y = { field: "ms", type: "quantitative" as const, title: "RTT, ms", scale: logScale, axis: logAxis };
  const tooltip = tooltipOf(fields);
  return {
    ...panelsByName(rows),
    spec: {
      width: 330,
      height: 200,
      layer: [
        {
          // A line breaks where a packet has no RTT.
          mark: { type: "line", strokeWidth: 0.8, opacity: 0.7, invalid: "break-paths-show-path-domains" },
          encoding: { x: { ...x, scale: { zero: false } }, y, color, detail: { field: "line" } },
        },
        {
          transform: [{ filter: "isValid(datum.ms)" }],
          mark: { type: "point", filled: true, size: 9, opacity: 1 },
          encoding: { x, y, color, tooltip },
        },
        {
          transform: [{ filter: "datum.lost == 'yes'" }],
          mark: { type: "point", shape: "cross", filled: true, size: 22, opacity: 1 },
          encoding: { x, y: { value: 4 }, color, tooltip },
        },
      ],
    },
  };
}

/** What a caption says where a run has more packets than are drawn. */
function firstWords(series: Iterable<RunSeries>): string[] {
  const cut = [...series].filter(({ isCut }) => isCut);
  return cut.length === 0
    ? []
    : [`Of a run of more packets the first ${Math.max(...cut.map(({ packets }) => packets.length))} are drawn.`];
}

/** RTT packet by packet in one run of each scenario: slow first packets, bursts, second modes. */
export function seriesFigures(study: StudyData): Drawing[] {
  const drawn = drawnAtFirst(study);
  const rows = study.placesByVms.flatMap((place): DrawnRow[] => {
    const series = study.series.get(study.scenarios[place.scenario]?.sha256 ?? "");
    return (series?.packets ?? []).map(({ packet, value, isLost }) => ({
      scenarios: [place.scenario],
      ...(!drawn.has(place.scenario) && { detail: true as const }),
      cells: {
        ...placeCells(place),
        line: `${place.scenario}`,
        run: series?.run.directory ?? null,
        packet,
        ms: value === null ? null : value / 1e6,
        lost: isLost ? "yes" : null,
      },
    }));
  });
  const hasValue = rows.some(({ cells }) => cells.ms !== null);
  return [
    {
      name: "series-rtt",
      title: "RTT over a run, packet by packet",
      caption: [
        "Of each scenario one run is drawn: that whose median RTT is the median of the runs' medians (of an even number the lower of the two in the middle). It shows how packets follow each other, and says nothing of other runs.",
        "A cross at the top is a packet that did not come back.",
        ...firstWords(study.series.values()),
        ...levelWords(study.placesByVms),
        ...othersByFilter(rows),
      ],
      fields,
      rows,
      missing: withoutReply(study),
      spec: hasValue ? specOf(rows) : null,
    },
  ];
}
