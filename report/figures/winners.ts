import { type DriverPair, notCompared } from "../../measure/analysis/driver-pairs.ts";
import { mainMetric } from "../../study/metric-lists.ts";
import { inOrder } from "../layout/places.ts";
import type { StudyData } from "../study-data.ts";
import type { Drawing, DrawnRow, FigureSpec } from "./drawing.ts";
import { drawnDrivers, panelsInTurn } from "./panels.ts";
import { byDriver, shownRatio, tooltipOf } from "./pieces.ts";
import { neutral } from "./theme.ts";

const nobody = "not decided";

const fields = [
  { name: "where", head: "conditions" },
  { name: "driver", head: "lowest median RTT" },
  { name: "ratio", head: "RTT of the next one / its own" },
  { name: "drivers", head: "drivers measured" },
  { name: "why", head: "why nobody" },
];

/** How much higher the other driver's RTT is; null where the data do not tell that it is. */
function aboveBy(pair: DriverPair, driver: string): number | null {
  const ratio = pair.comparison?.ratio?.estimate;
  if (ratio === undefined || pair.decided !== true) return null;
  const other = pair.first === driver ? 1 / ratio : ratio;
  return other > 1 ? other : null;
}

interface Winner {
  driver: string;
  ratio: number | null;
  why: string | null;
}

/**
 * The driver whose RTT the data tell to be below that of every other one; nobody where there is no such driver.
 * @param drivers those that were measured: each must have been compared with every other one
 */
export function winnerOf(pairs: readonly DriverPair[], drivers: readonly string[]): Winner {
  for (const driver of drivers) {
    const ofDriver = pairs.filter(({ first, second }) => first === driver || second === driver);
    const above = ofDriver.map((pair) => aboveBy(pair, driver));
    if (drivers.length > 1 && ofDriver.length === drivers.length - 1 && above.every((ratio) => ratio !== null))
      return { driver, ratio: Math.min(...above), why: null };
  }
  const open = pairs.filter(({ decided }) => decided !== true).map(({ first, second }) => `${first} and ${second}`);
  const absent = notCompared(drivers, pairs);
  const reasons = [
    ...(open.length > 0 ? [`not told apart: ${open.join(", ")}`] : []),
    ...(absent.length > 0 ? [`not compared under these conditions: ${absent.join(", ")}`] : []),
  ];
  return { driver: nobody, ratio: null, why: reasons.join("; ") || "no driver is below every other one" };
}

const specOf = (rows: readonly DrawnRow[]): FigureSpec => ({
  ...panelsInTurn(rows, 1),
  spec: {
    width: 240,
    height: { step: 30 },
    encoding: {
      y: { field: "where", type: "nominal", title: null, sort: null, axis: { labelLimit: 520 } },
      tooltip: tooltipOf(fields),
    },
    layer: [
      {
        transform: [{ filter: `datum.driver != '${nobody}'` }],
        mark: { type: "bar", stroke: neutral.ink, strokeWidth: 0.6, opacity: 1 },
        encoding: {
          x: { field: "ratio", type: "quantitative", title: "RTT of the next one / its own", scale: { zero: false } },
          x2: { datum: 1 },
          color: byDriver(drawnDrivers(rows.filter(({ cells }) => cells.driver !== nobody)), "lowest median RTT"),
        },
      },
      {
        mark: { type: "text", align: "left", baseline: "middle", dx: 8 },
        encoding: { x: { value: "width" as const }, text: { field: "words" } },
      },
    ],
  },
});

/** Which driver has the lowest RTT under which conditions, and by how much: only where the data tell it from all others. */
export function winnerFigures({ pairs, measured, indexOf }: StudyData): Drawing[] {
  const ofRtt = pairs.filter(({ measure, scope }) => measure === mainMetric && scope === "conditions");
  const groups = Map.groupBy(ofRtt, ({ where }) => where);
  const alone = [...measured].flatMap(([where, drivers]) =>
    groups.has(where) ? [] : [`nothing to compare: ${where}: ${drivers.join(", ")}`],
  );
  const rows = inOrder(groups.keys()).map((where): DrawnRow => {
    const group = groups.get(where) ?? [];
    const drivers = inOrder([...(measured.get(where) ?? []), ...group.flatMap(({ first, second }) => [first, second])]);
    const { driver, ratio, why } = winnerOf(group, drivers);
    return {
      scenarios: inOrder(group.flatMap(({ scenarios }) => scenarios.flatMap((sha256) => indexOf.get(sha256) ?? []))),
      cells: {
        panel: "by conditions",
        ...{ where, driver, ratio, why },
        drivers: drivers.join(", "),
        words: ratio === null ? nobody : `${driver}, the next ${shownRatio(ratio)} times`,
      },
    };
  });
  const hasWinner = rows.some(({ cells }) => cells.ratio !== null);
  return [
    {
      name: "winner-rtt",
      title: "The lowest median RTT, by conditions",
      caption: [
        "The driver that the data tell to be below every other one under the conditions, each at 95 %, and by how much the next one is above it. Where one pair is not told apart, nobody has won.",
      ],
      fields,
      rows,
      missing: [
        ...(rows.length === 0 ? ["there are no two drivers that were measured under the same conditions"] : []),
        ...(rows.length > 0 && !hasWinner
          ? ["under no conditions do the data tell one driver to be below every other one"]
          : []),
        ...alone,
      ],
      spec: hasWinner ? specOf(rows) : null,
    },
  ];
}
