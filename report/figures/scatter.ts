import { counted } from "../../lib/counted.ts";
import type { PacketSample } from "../../measure/dataset/packet-samples.ts";
import { levelWords } from "../layout/places.ts";
import type { StudyData } from "../study-data.ts";
import { withoutReply } from "./distribution.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { besideOverVms, panelsByName, placeCells, placeFields } from "./panels.ts";
import { byDriver, logAxis, logScale, tooltipOf } from "./pieces.ts";
import { driversInOrder } from "./theme.ts";

const fields = [
  ...placeFields,
  { name: "run", head: "run" },
  { name: "packet", head: "request" },
  { name: "ms", head: "RTT, ms" },
];

/** Part of a driver's place that its points take; the rest is between the drivers. */
const taken = 0.8;

function specOf(rows: readonly DrawnRow[], drivers: readonly string[]): FigureSpec {
  const { width, encoding } = besideOverVms(rows);
  return {
    ...panelsByName(rows),
    spec: {
      width,
      height: 190,
      mark: { type: "point", filled: true, size: 7, opacity: 0.7 },
      encoding: {
        x: encoding.x,
        xOffset: { field: "offset", type: "quantitative", scale: { domain: [0, drivers.length] } },
        y: { field: "ms", type: "quantitative", title: "RTT, ms", scale: logScale, axis: logAxis },
        color: byDriver(drivers),
        tooltip: tooltipOf(fields),
      },
    },
  };
}

/** How many packets of how many are drawn, and which. */
function drawnWords(samples: Iterable<PacketSample>): string {
  const all = [...samples];
  const there = all.reduce((sum, { of }) => sum + of, 0);
  const drawn = all.reduce((sum, { packets }) => sum + packets.length, 0);
  if (drawn === there) return `Drawn are all ${counted(there, "packet")} that have an RTT.`;
  const most = Math.max(...all.map(({ packets }) => packets.length));
  return `Drawn are ${drawn} of ${counted(there, "packet")} that have an RTT: of each scenario at most ${most}, at evenly spaced ranks of its RTTs, with the least and the greatest.`;
}

/** Every RTT as a point (Figs. 22 and 23): what boxes leave out, as second modes and single slow packets. */
export function scatterFigures(study: StudyData): Drawing[] {
  const drivers = driversInOrder(study.places.map(({ driver }) => driver));
  const rows = study.places.flatMap((place): DrawnRow[] => {
    const sample = study.samples.get(study.scenarios[place.scenario]?.sha256 ?? "");
    const left = drivers.indexOf(place.driver) + (1 - taken) / 2;
    return (sample?.packets ?? []).map(({ run, packet, value, turn }) => ({
      scenarios: [place.scenario],
      cells: { ...placeCells(place), vms: place.vms, run, packet, ms: value / 1e6, offset: left + taken * turn },
    }));
  });
  return [
    {
      name: "scatter-rtt",
      title: "RTT of single packets, by background VMs",
      caption: [
        "A point is a packet. Those of a scenario stand from left to right in the order in which they were sent, replicate by replicate.",
        drawnWords(study.samples.values()),
        ...levelWords(study.places),
      ],
      fields,
      rows,
      missing: withoutReply(study),
      spec: rows.length === 0 ? null : specOf(rows, drivers),
    },
  ];
}
