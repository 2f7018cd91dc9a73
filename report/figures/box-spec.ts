import { wrappedAt } from "../draw/wrapped-at.ts";
import type { DrawnRow, FigureSpec } from "./drawing.ts";
import { besideOverVms, drawnDrivers, panelsByName, placeFields } from "./panels.ts";
import { byDriver, logAxis, logScale, tooltipOf, unavailableMark } from "./pieces.ts";
import { neutral } from "./theme.ts";

/** The axis of a figure of boxes. */
interface BoxAxis {
  what: string;
  unit: string;
  isLog: boolean;
}

/** So many values have one beyond each whisker. */
export const fewestForWhiskers = 20;

/** The fields of a figure of boxes. @param hasCentre whether deployments have a median of their own */
export const boxFields = (unit: string, hasCentre: boolean) => [
  ...placeFields,
  { name: "n", head: "values" },
  { name: "deployments", head: "deployments that they are of" },
  ...["min", "p05", "p25", "median", "p75", "p95", "max"].map((name) => ({ name, head: `${name}, ${unit}` })),
  ...(hasCentre
    ? [
        { name: "centre", head: `median of deployments, ${unit}` },
        { name: "low", head: "95 % interval from" },
        { name: "high", head: "to" },
      ]
    : []),
  { name: "unavailable", head: "unavailable, because" },
];

const panelHeight = 190;

/** Boxes side by side by driver, over the number of background VMs. @param figure what stands at its axis */
export function boxSpec(figure: BoxAxis, rows: readonly DrawnRow[]): FigureSpec {
  const { width, encoding } = besideOverVms(rows);
  const hasCentre = rows.some(({ cells }) => typeof cells.centre === "number");
  const y = {
    type: "quantitative" as const,
    // A title that is longer than the axis reaches over the names of the panels.
    title: wrappedAt(`${figure.what}, ${figure.unit}`, panelHeight),
    scale: figure.isLog ? logScale : { zero: true },
    ...(figure.isLog && { axis: logAxis }),
  };
  const valid = [{ filter: "isValid(datum.median)" }];
  const end = (field: string) => ({
    transform: valid,
    mark: { type: "point" as const, size: 9, filled: true, opacity: 1, color: neutral.muted },
    encoding: { y: { ...y, field } },
  });
  return {
    ...panelsByName(rows),
    spec: {
      width,
      height: panelHeight,
      encoding: { ...encoding, tooltip: tooltipOf(boxFields(figure.unit, hasCentre)) },
      layer: [
        {
          transform: valid,
          mark: { type: "rule", color: neutral.ink },
          encoding: { y: { ...y, field: "p05" }, y2: { field: "p95" } },
        },
        {
          transform: valid,
          mark: { type: "bar", stroke: neutral.ink, strokeWidth: 0.7, opacity: 1 },
          encoding: {
            y: { ...y, field: "p25" },
            y2: { field: "p75" },
            color: byDriver(drawnDrivers(rows)),
          },
        },
        {
          transform: valid,
          mark: { type: "tick", color: neutral.ink, thickness: 2, orient: "horizontal", opacity: 1 },
          encoding: { y: { ...y, field: "median" } },
        },
        end("min"),
        end("max"),
        {
          transform: [{ filter: `datum.n < ${fewestForWhiskers}` }],
          mark: { type: "text", baseline: "bottom", dy: -5, fontSize: 9.5, color: neutral.muted },
          encoding: { y: { ...y, field: "max" }, text: { field: "shownCount" } },
        },
        ...(hasCentre
          ? [
              {
                transform: [{ filter: "isValid(datum.low)" }],
                mark: { type: "rule" as const, color: neutral.ink, strokeWidth: 3 },
                encoding: { y: { ...y, field: "low" }, y2: { field: "high" } },
              },
              {
                transform: [{ filter: "isValid(datum.centre)" }],
                mark: {
                  type: "point" as const,
                  shape: "diamond",
                  size: 24,
                  filled: true,
                  opacity: 1,
                  fill: neutral.paper,
                  stroke: neutral.ink,
                  strokeWidth: 1,
                },
                encoding: { y: { ...y, field: "centre" } },
              },
            ]
          : []),
        unavailableMark,
      ],
    },
  };
}
