import { renderAsync } from "@resvg/resvg-js";
import { Error as errorLevel, logger, parse, resetSVGDefIds, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { neutral } from "../figures/theme.ts";
import { measureWithFigureFont, resvgFonts } from "./text-width.ts";

/** A specification as vega runs it. What Vega-Lite only warns of is known: panels of unequal height have axes of their own. */
export const vegaOf = (spec: TopLevelSpec) => compile(spec, { logger: logger(errorLevel) }).spec;

/** Draws a specification without a browser. */
export async function svgOf(spec: TopLevelSpec): Promise<string> {
  measureWithFigureFont();
  const view = new View(parse(vegaOf(spec)), { renderer: "none" });
  try {
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
