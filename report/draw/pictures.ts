import { renderAsync } from "@resvg/resvg-js";
import { parse, resetSVGDefIds, View } from "vega";
import { neutral } from "../figures/theme.ts";
import { type CompiledFigure, isOfRows, rowsAtFirst, rowsName, valuesOf } from "./specification.ts";
import { measureWithFigureFont, resvgFonts } from "./text-width.ts";

/** Draws what a figure shows at first, without a browser. */
export async function svgOf({ drawing, vega }: CompiledFigure): Promise<string> {
  measureWithFigureFont();
  const view = new View(parse(vega), { renderer: "none" });
  try {
    if (isOfRows(drawing)) view.data(rowsName, valuesOf(rowsAtFirst(drawing.rows)));
    await view.runAsync();
    // Ids count up with every picture of a process; a picture is the same whatever was drawn before it.
    resetSVGDefIds();
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** An SVG of ours as PNG on white, with this many pixels to each of its own. */
export async function pngOf(svg: string, zoom = 2): Promise<Uint8Array> {
  const options = { font: resvgFonts, background: neutral.paper, fitTo: { mode: "zoom" as const, value: zoom } };
  return (await renderAsync(svg, options)).asPng();
}
