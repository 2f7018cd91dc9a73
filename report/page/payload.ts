import type { Spec } from "vega";
import { measureOf } from "../../measure/analysis/measures.ts";
import type { TableCell } from "../../measure/analysis/print/table.ts";
import type { RunRecord } from "../../measure/dataset/run-record.ts";
import { type Measure, mainMetric, measureNames, measures } from "../../study/metric-lists.ts";
import { type CompiledFigure, isOfRows } from "../draw/specification.ts";
import type { DrawnField } from "../figures/drawing.ts";
import { inOrder } from "../layout/places.ts";
import type { ShownScenario } from "../layout/scenarios.ts";
import { varyingFactors } from "../tables/scenarios.ts";

/** A figure as the page's script has it: rows are lists of cells, in the order of the names. */
export interface PageFigure {
  name: string;
  title: string;
  fields: DrawnField[];
  cells: string[];
  /** A row: which set of scenarios it rests on, 1 where it is a detail, and its cells. */
  rows: (TableCell | TableCell[])[][];
  /** Null where there is nothing to draw. */
  spec: Spec | null;
}

/** What the page says of a run. */
export interface PageRun {
  folder: string;
  started: string;
  replicate: number;
  run: number;
  transmitted: number;
  received: number;
  /** By measure, as many as the page has heads for; null where there is none. */
  values: (number | null)[];
}

/** Everything that the page's script has. */
export interface Payload {
  directory: string;
  /** Factors that scenarios can be chosen by, and their values in the order of the page. */
  factors: { column: string; head: string; values: TableCell[] }[];
  runHeads: string[];
  scenarios: { name: string; sha256: string; factors: Record<string, TableCell>; runs: PageRun[] }[];
  /** Sets of indices of scenarios, which rows name. */
  sets: number[][];
  figures: PageFigure[];
}

const shownMeasures: readonly Measure[] = [
  mainMetric,
  ...measureNames.filter((name) => measures[name].kind === "cpu"),
] as Measure[];

const rounded = (value: TableCell): TableCell =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value;

const runOf = (run: RunRecord): PageRun => ({
  folder: run.directory,
  started: run.started,
  replicate: run.replicate,
  run: run.run,
  transmitted: run.transmitted,
  received: run.received,
  values: shownMeasures.map((measure) => rounded(measureOf(run, measure)) as number | null),
});

/** Values of a factor in the order of numbers or the alphabet, nothing first. */
const valuesInOrder = (values: readonly TableCell[]): TableCell[] => [
  ...(values.includes(null) ? [null] : []),
  ...inOrder(values.filter((value) => value !== null)),
];

class ScenarioSets {
  readonly all: number[][] = [];
  readonly #known = new Map<string, number>();

  indexOf(scenarios: readonly number[]): number {
    const key = scenarios.join(",");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.all.length);
    return this.all.push([...scenarios]) - 1;
  }
}

function figureOf({ drawing, vega }: CompiledFigure, sets: ScenarioSets): PageFigure {
  const { name, title, fields, rows } = drawing;
  const cells = [...new Set(rows.flatMap((row) => Object.keys(row.cells)))];
  return {
    ...{ name, title, cells, spec: isOfRows(drawing) ? vega : null },
    fields: fields.map((field) => ({ ...field })),
    rows: rows.map((row) => [
      sets.indexOf(row.scenarios),
      row.detail ? 1 : 0,
      ...cells.map((cell) => rounded(row.cells[cell] ?? null)),
    ]),
  };
}

/** What the page's script is given. */
export function payloadOf(
  directory: string,
  scenarios: readonly ShownScenario[],
  compiled: readonly CompiledFigure[],
): Payload {
  const sets = new ScenarioSets();
  const figures = compiled.map((figure) => figureOf(figure, sets));
  return {
    directory,
    factors: varyingFactors(scenarios).map(({ column, head }) => ({
      ...{ column, head },
      values: valuesInOrder(scenarios.map(({ factors }) => factors[column] ?? null)),
    })),
    runHeads: shownMeasures.map((measure) => `${measures[measure].what}, ${measures[measure].unit}`),
    scenarios: scenarios.map(({ name, sha256, factors, runs }) => ({
      ...{ name, sha256, factors: { ...factors } },
      runs: runs.map(runOf),
    })),
    sets: sets.all,
    figures,
  };
}
