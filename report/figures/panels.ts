import { type DrawnPlace, inOrder } from "../layout/places.ts";
import type { DrawnRow } from "./drawing.ts";
import { driversInOrder } from "./theme.ts";

type Rows = readonly Pick<DrawnRow, "cells">[];

const panelOf = ({ cells }: Rows[number]) => String(cells.panel);

/** Most columns of panels. */
const mostColumns = 2;

/** Panels one after the other, each with its name above it. */
const inPanels = (panels: readonly string[], columns = mostColumns) => ({
  facet: { field: "panel", type: "nominal" as const, sort: [...panels], title: null },
  columns: Math.max(1, Math.min(columns, panels.length)),
});

/** The panels of rows in the order of their names. */
export const panelsByName = (rows: Rows, columns?: number) => inPanels(inOrder(rows.map(panelOf)), columns);

/** The panels of rows in the order of the rows. */
export const panelsInTurn = (rows: Rows, columns?: number) => inPanels([...new Set(rows.map(panelOf))], columns);

/** The drivers of rows in the order of the study. */
export const drawnDrivers = (rows: Rows): string[] => driversInOrder(rows.map(({ cells }) => String(cells.driver)));

/** The fields of a place in a figure of all scenarios. */
export const placeFields = [
  { name: "panel", head: "conditions" },
  { name: "driver", head: "driver" },
  { name: "competing", head: "background VMs" },
] as const;

/** The cells of these fields. */
export const placeCells = ({ panel, driver, competing }: DrawnPlace) => ({ panel, driver, competing });

/** So many marks are drawn broad. */
const fewMarks = 10;
const widthOf = (marks: number): number =>
  Math.round(Math.min(430, Math.max(170, (marks <= fewMarks ? 36 : 14) * marks + 30)));

/** Drivers side by side over the number of background VMs, which is the rows' cell `vms`. */
export function besideOverVms(rows: Rows) {
  const drivers = drawnDrivers(rows);
  return {
    /** Of a panel, in pixels. */
    width: widthOf(new Set(rows.map(({ cells }) => cells.vms)).size * drivers.length),
    encoding: {
      x: {
        ...{ field: "vms", type: "ordinal" as const, title: "background VMs" },
        ...{ axis: { labelAngle: 0 }, sort: "ascending" as const },
      },
      xOffset: {
        ...{ field: "driver", type: "nominal" as const, sort: drivers },
        scale: { paddingInner: 0.15, paddingOuter: 0.1 },
      },
    },
  };
}
