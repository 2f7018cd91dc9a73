import { LabError } from "../../lib/errors.ts";
import type { Drawing } from "../figures/drawing.ts";
import { type Fit, fittedSpec, panelOf } from "./fitted-spec.ts";
import { svgOf } from "./pictures.ts";
import { compiledFigure, rowsAtFirst } from "./specification.ts";

/** Points to a pixel of a figure in print: its smallest text, of 9.5 pixels, is then more than 6 points high. */
export const pointsPerPixel = 2 / 3;
export const pointsPerMm = 72 / 25.4;

/** A figure as it is printed. */
export interface PrintedFigure {
  svg: string;
  /** Of the SVG, in pixels; as wide as was asked for. */
  width: number;
  height: number;
}

/** The smallest panel, or step of one, in which marks can be told apart, and the largest that still looks like one. */
const panels = { least: 84, most: 640 };
const steps = { least: 60, most: 110 };
/** To so many pixels. */
const exactness = 5;
const labelWidth = 118;

const pixelsOf = (mm: number): number => (mm * pointsPerMm) / pointsPerPixel;

/** How large an SVG of ours is, in pixels. */
export const sizeOf = (svg: string): { width: number; height: number } => {
  const [, width = "", height = ""] = /<svg[^>]* width="([\d.]+)"[^>]* height="([\d.]+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
};

/** Draws a figure in ways that need ever less width. */
class FigureInColumn {
  readonly #drawing: Drawing;
  readonly #label: string | null;
  readonly #pixels: number;

  constructor(drawing: Drawing, label: string | null, pixels: number) {
    this.#drawing = drawing;
    this.#label = label;
    this.#pixels = pixels;
  }

  async draw(fit: Fit): Promise<PrintedFigure> {
    const { spec } = this.#drawing;
    const rows = rowsAtFirst(this.#drawing.rows);
    const fitted = { ...this.#drawing, spec: spec && fittedSpec(spec, rows, fit) };
    // The padding on both sides.
    const svg = await svgOf(compiledFigure(fitted, this.#label, this.#pixels - 14));
    return { svg, ...sizeOf(svg) };
  }

  /** The figure with panels as wide as the column lets them be; null where the smallest are too wide. */
  async widest(fit: Fit, { least, most }: { least: number; most: number }): Promise<PrintedFigure | null> {
    let best = await this.draw({ ...fit, panel: least });
    if (best.width > this.#pixels) return null;
    let [fits, tooWide] = [least, most];
    // Titles and legends may be wider than all panels, so that nothing but trying says how wide these can be.
    while (tooWide - fits > exactness) {
      const panel = Math.round((fits + tooWide) / 2);
      const figure = await this.draw({ ...fit, panel });
      if (figure.width > this.#pixels) tooWide = panel;
      else [fits, best] = [panel, figure];
    }
    return best;
  }
}

/**
 * A figure laid out for a column: fewer panels side by side, narrower ones, and legends and labels of several lines, in type of one size.
 * @throws LabError (exit code 2) when its panels would be too small at that width
 */
export async function figureInColumn(drawing: Drawing, label: string | null, mm: number): Promise<PrintedFigure> {
  const pixels = pixelsOf(mm);
  const inColumn = new FigureInColumn(drawing, label, pixels);
  const panel = drawing.spec && panelOf(drawing.spec);
  if (!drawing.spec || panel === null) throw new RangeError(`${drawing.name}: there is nothing to lay out`);
  for (let columns = Number(drawing.spec.columns ?? 1); columns > 0; columns -= 1)
    for (const labels of [null, labelWidth])
      for (const legendColumns of [null, 3, 2, 1]) {
        const fit = { columns, panel: panel.width, legendColumns, labelWidth: labels, legendWidth: pixels / 2 };
        const figure = await inColumn.widest(fit, panel.isStep ? steps : panels);
        if (figure !== null) return { ...figure, width: pixels };
      }
  throw new LabError(`${drawing.name} cannot be read at a width of ${mm} mm; choose a wider one with --width`, {
    exitCode: 2,
  });
}
