import { Resvg } from "@resvg/resvg-js";
import * as vega from "vega";
import { fontFamily } from "../figures/theme.ts";
import { fontFiles } from "./fonts.ts";

const size = 100;
const widths = new Map<string, number>();

/** Options by which a picture is drawn with the figures' font and no other. */
export const resvgFonts = {
  fontFiles,
  loadSystemFonts: false,
  defaultFontFamily: fontFamily,
  sansSerifFamily: fontFamily,
} as const;

const escaped = (text: string) => `&#${text.codePointAt(0)};`;

function inkWidth(text: string, weight: string): number {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="200"><text x="10" y="150" xml:space="preserve" font-family="${fontFamily}" font-size="${size}" font-weight="${weight}">${text}</text></svg>`;
  return new Resvg(svg, { font: resvgFonts }).getBBox()?.width ?? 0;
}

/** How far a character moves the pen, as a part of the font's size. */
function advanceOf(character: string, weight: string): number {
  const key = `${weight} ${character}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  const width = (inkWidth(`|${escaped(character)}|`, weight) - inkWidth("||", weight)) / size;
  widths.set(key, width);
  return width;
}

/** How a text is drawn, in vega's words. */
export interface TextItem {
  fontSize?: number;
  fontWeight?: string | number;
}

/** How wide a text is in the figures' font, in pixels. */
export function textWidth(text: string, { fontSize = 11, fontWeight }: TextItem = {}): number {
  const weight = fontWeight === "bold" || Number(fontWeight) >= 600 ? "bold" : "normal";
  return fontSize * [...text].reduce((sum, character) => sum + advanceOf(character, weight), 0);
}

/** Makes vega measure texts by the figures' font; without a browser it would guess them far too wide. */
export function measureWithFigureFont(): void {
  const { textMetrics } = vega as unknown as { textMetrics: { width: unknown } };
  Object.assign(textMetrics, { width: (item: TextItem, text: unknown) => textWidth(String(text ?? ""), item) });
}
