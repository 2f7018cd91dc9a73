import { metrics } from "../../study/metrics.ts";
import { rttParts, type StudyData } from "../study-data.ts";
import { drawnAtFirst, othersByFilter, withoutReply } from "./distribution.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { drawnDrivers, panelsByName, placeCells, placeFields } from "./panels.ts";
import { tooltipOf, unavailableLines } from "./pieces.ts";
import { neutral } from "./theme.ts";

/** Blues are the Sender, greens the Responder, grey is the wire: dark in the VM, light in the host. */
const colours = ["#08519c", "#6baed6", "#bdbdbd", "#a1d99b", "#006d2c", "#41ab5d", "#3182bd"];
const notSeen = "cannot be split";

const fields = [
  ...placeFields,
  { name: "part", head: "part" },
  { name: "mean", head: "mean, ms" },
  { name: "share", head: "per cent of the RTT" },
  { name: "packets", head: "packets, of those that came back" },
  { name: "unavailable", head: "unavailable, because" },
];

const partNames = rttParts.map((part) => metrics[part].what);

function specOf(rows: readonly DrawnRow[]): FigureSpec {
  return {
    ...panelsByName(rows, 1),
    spec: {
      width: 560,
      height: { step: 26 },
      encoding: { y: { field: "driver", type: "nominal", sort: drawnDrivers(rows), title: null } },
      layer: [
        {
          mark: { type: "bar", stroke: neutral.paper, strokeWidth: 0.5, opacity: 1 },
          encoding: {
            x: { field: "from", type: "quantitative", title: "mean RTT, ms" },
            x2: { field: "to" },
            color: {
              field: "part",
              type: "nominal",
              scale: { domain: [...partNames, notSeen], range: [...colours, "#e8d9b0"] },
              legend: { title: null, columns: 1, orient: "bottom", symbolType: "square", labelLimit: 520 },
            },
            tooltip: tooltipOf(fields),
          },
        },
        {
          transform: [{ filter: "isValid(datum.unavailable)" }],
          mark: { type: "text", align: "left", dx: 5, color: "#1a1a1a" },
          encoding: { x: { field: "from", type: "quantitative" }, text: { value: notSeen } },
        },
      ],
    },
    // A panel has the drivers that were measured there.
    resolve: { scale: { y: "independent" } },
  };
}

/** Where the time goes: the parts of the mean RTT along Fig. 3. */
export function partFigures(study: StudyData): Drawing[] {
  const drawn = drawnAtFirst(study);
  const why = new Map(
    study.analysis.scenarios.map(({ scenarioSha256, ...one }) => [
      scenarioSha256,
      [one.rttOverheadMs, one.responseTimeMs].flatMap((metric) =>
        "unavailable" in metric ? [metric.unavailable] : [],
      )[0],
    ]),
  );
  const rows = study.placesByVms.flatMap((place): DrawnRow[] => {
    const { scenario } = place;
    const sha256 = study.scenarios[scenario]?.sha256 ?? "";
    const found = study.parts.get(sha256);
    if (found === undefined) return [];
    const { n, of, whole, parts } = found;
    const reason = parts === null ? (why.get(sha256) ?? "no packet has all parts") : null;
    let from = 0;
    return (parts ?? [whole]).map((ns, i) => {
      const start = from;
      from += ns;
      return {
        scenarios: [scenario],
        ...(!drawn.has(scenario) && { detail: true as const }),
        cells: {
          ...{ ...placeCells(place), packets: `${n} of ${of}` },
          part: parts === null ? notSeen : (partNames[i] ?? ""),
          ...{ mean: ns / 1e6, from: start / 1e6, to: from / 1e6 },
          share: (100 * ns) / whole,
          unavailable: reason,
        },
      };
    });
  });
  return [
    {
      name: "parts-rtt",
      title: "Where the time goes: parts of the mean RTT",
      caption: [
        "Means over the packets of which every part is known, because means of parts add up to the mean of the whole and medians do not. The order is the packet's way: from the Sender VM out, over the wire, into the Responder VM and back.",
        "Where no packet has all parts, as under PCI passthrough, the bar is of all that came back. Packets that did not are in no bar.",
        "A part of 0 lies between two points at which the kernel gave the packet one and the same stamp.",
        ...othersByFilter(rows),
      ],
      fields,
      rows,
      missing: [...unavailableLines(rows), ...withoutReply(study)],
      spec: rows.length === 0 ? null : specOf(rows),
    },
  ];
}
