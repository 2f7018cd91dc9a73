import type { Config } from "vega-lite";
import { mainDrivers } from "../../study/drivers.ts";

/** Colours of what is no data. The page replaces them where it is dark, by their values. */
export const neutral = {
  ink: "#1b1b1b",
  muted: "#5c5c5c",
  grid: "#e2e2e2",
  line: "#8c8c8c",
  paper: "#ffffff",
} as const;

/** Okabe and Ito's palette, which readers with any kind of colour vision can tell apart; its black is a grey, for dark pages. */
export const okabeIto = {
  blue: "#0072B2",
  vermillion: "#D55E00",
  green: "#009E73",
  orange: "#E69F00",
  purple: "#CC79A7",
  skyBlue: "#56B4E9",
  yellow: "#F0E442",
  grey: "#7F7F7F",
} as const;

const { blue, vermillion, green, orange, purple, skyBlue, yellow, grey } = okabeIto;
const colourOfDriver: Record<(typeof mainDrivers)[number], string> = {
  "e1000-bridge": vermillion,
  "virtio-bridge": blue,
  "macvtap-passthrough": green,
  "macvtap-bridge": purple,
  "macvtap-vepa": skyBlue,
  "macvtap-private": yellow,
  "pci-passthrough": orange,
  "host-vf": grey,
};
const known = new Map<string, string>(Object.entries(colourOfDriver));
const order = new Map<string, number>(mainDrivers.map((driver, index) => [driver, index]));

/** Drivers in the study's order, others behind them by name. */
export const driversInOrder = (names: Iterable<string>): string[] =>
  [...new Set(names)].sort(
    (a, b) => (order.get(a) ?? order.size) - (order.get(b) ?? order.size) || (a < b ? -1 : a > b ? 1 : 0),
  );

/** The scale by which a driver has the same colour in every figure. @param names those that are drawn */
export function driverColours(names: Iterable<string>): { domain: string[]; range: string[] } {
  const domain = driversInOrder(names);
  const free = Object.values(okabeIto).filter((colour) => !domain.some((name) => known.get(name) === colour));
  let next = 0;
  const range = domain.map((name) => known.get(name) ?? free[next++ % Math.max(1, free.length)] ?? grey);
  return { domain, range };
}

/** The font of all figures, from the package @expo-google-fonts/source-sans-3. */
export const fontFamily = "Source Sans 3";

/** What a figure asks for: where a page lacks the font it has another without serifs, and measures by that one. */
export const fontList = `"${fontFamily}", sans-serif`;

/** How titles are drawn. */
export const titleStyle = { fontSize: 15, fontWeight: "bold" } as const;

/** How names of panels are drawn. */
export const panelNameStyle = { fontSize: 12, fontWeight: "bold" } as const;

/** What all figures have in common. */
export const figureConfig: Config = {
  font: fontList,
  background: "transparent",
  // The table behind each figure is what screen readers are given.
  aria: false,
  padding: 6,
  title: {
    anchor: "start",
    color: neutral.ink,
    ...titleStyle,
    subtitleColor: neutral.muted,
    subtitleFontSize: 12,
    subtitlePadding: 4,
    offset: 12,
  },
  view: { stroke: neutral.line, strokeWidth: 0.5 },
  axis: {
    domainColor: neutral.line,
    tickColor: neutral.line,
    gridColor: neutral.grid,
    labelColor: neutral.ink,
    titleColor: neutral.ink,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 8,
    labelLimit: 320,
  },
  axisX: { grid: false },
  header: {
    labelColor: neutral.ink,
    labelFontSize: panelNameStyle.fontSize,
    labelFontWeight: panelNameStyle.fontWeight,
    labelAnchor: "start",
    titleColor: neutral.muted,
    labelLimit: 0,
    labelPadding: 4,
  },
  legend: {
    orient: "top",
    direction: "horizontal",
    titleColor: neutral.muted,
    labelColor: neutral.ink,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelLimit: 260,
    columnPadding: 16,
    symbolStrokeWidth: 1,
  },
  text: { color: neutral.ink, font: fontList, fontSize: 11 },
};
