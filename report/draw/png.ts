import { Resvg } from "@resvg/resvg-js";
import { neutral } from "../figures/theme.ts";
import { resvgFonts } from "./text-width.ts";

/** An SVG of ours as PNG on white, with this many pixels to each of its own. */
export const pngOf = (svg: string, zoom = 2): Uint8Array =>
  new Resvg(svg, { font: resvgFonts, background: neutral.paper, fitTo: { mode: "zoom", value: zoom } })
    .render()
    .asPng();
