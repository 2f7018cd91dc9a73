import { digits } from "../../lib/digits.ts";
import { mainMetric } from "../../study/metric-lists.ts";
import type { StudyData } from "../study-data.ts";
import type { DrawnField, DrawnRow } from "./drawing.ts";
import { driverColours, driversInOrder, neutral } from "./theme.ts";

/** A log scale that ends where the data ends. */
export const logScale = { type: "log" as const, nice: false, padding: 10 };

const isRound = "indexof([1, 2, 5], round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))) >= 0";

/** Its axis: a line of the grid at 1, 2 and 5 of each decade. */
export const logAxis = { gridOpacity: { condition: { test: isRound, value: 1 }, value: 0 } };

/** "Overhead": the first letter of a title. */
export const asTitle = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Colour by driver, alike in all figures. */
export const byDriver = (drivers: Iterable<string>, title: string | null = "driver of the Main VMs") => ({
  field: "driver",
  type: "nominal" as const,
  scale: driverColours(drivers),
  // However faint the marks are.
  legend: { title, symbolType: "square" as const, symbolOpacity: 1 },
});

/** A place for what cannot be drawn: the word stands upright at the foot of the panel. */
export const unavailableMark = {
  transform: [{ filter: "isValid(datum.unavailable)" }],
  mark: {
    type: "text" as const,
    text: "unavailable",
    angle: 270,
    align: "left" as const,
    baseline: "middle" as const,
    fontSize: 10,
    color: neutral.muted,
  },
  encoding: { y: { value: "height" as const } },
};

/** What a mark says when it is pointed at. */
export const tooltipOf = (fields: readonly DrawnField[]) =>
  fields
    .filter(({ isLong }) => !isLong)
    .map(({ name, head }) => ({ field: name, title: head, type: "nominal" as const }));

/** Reasons, each once, with those that have it. */
function reasonLines(reasons: Iterable<readonly [who: string, why: string]>): string[] {
  const groups = Map.groupBy(reasons, ([, why]) => why);
  return [...groups].map(
    ([why, all]) => `unavailable for ${driversInOrder(all.map(([who]) => who)).join(", ")}: ${why}`,
  );
}

/** Why rows have nothing to draw. @param who has it; by default the driver */
export const unavailableLines = (
  rows: readonly DrawnRow[],
  who: (cells: DrawnRow["cells"]) => string = ({ driver }) => String(driver),
): string[] =>
  reasonLines(
    rows.flatMap(({ cells }) =>
      typeof cells.unavailable === "string" ? [[who(cells), cells.unavailable] as const] : [],
    ),
  );

/** Scenarios that were measured and of which no run counts, with the reason: they have no row. */
export const lostScenarios = ({ dataset, indexOf }: Pick<StudyData, "dataset" | "indexOf">): string[] =>
  reasonLines(
    dataset.lost.flatMap(({ scenario, scenarioSha256, metrics }) => {
      const found = metrics[mainMetric];
      return !indexOf.has(scenarioSha256) && "unavailable" in found ? [[scenario, found.unavailable] as const] : [];
    }),
  );

/** "1.52": a ratio as people read it. */
export const shownRatio = (ratio: number): string => digits(ratio) ?? "";
