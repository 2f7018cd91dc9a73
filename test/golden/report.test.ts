import { expect, test } from "vitest";
import { disturbanceOf } from "../../measure/analysis/disturbance.ts";
import { compareDriverPairs, driversByConditions } from "../../measure/analysis/driver-pairs.ts";
import { pngOf, svgOf } from "../../report/draw/pictures.ts";
import { type CompiledFigure, compiledFigure } from "../../report/draw/specification.ts";
import { disturbanceFigures } from "../../report/figures/disturbance.ts";
import { winnerFigures } from "../../report/figures/winners.ts";
import type { StudyData } from "../../report/study-data.ts";
import { crossedCaptures } from "../support/captures.ts";
import { drawnStudy } from "../support/report.ts";
import { sampleResults } from "../support/samples.ts";
import { tenRuns } from "../support/study-runs.ts";

/** The one that README.md shows lies where documents do. */
const goldenFile = (name: string) => (name === "boxes-rtt" ? `../../docs/${name}.svg` : `report/${name}.golden.svg`);

/** One figure of each kind. */
const kinds = [
  "pairs-rtt",
  "boxes-rtt",
  "boxes-overhead",
  "boxes-ping-cpu-sender-during",
  "distribution-rtt",
  "scatter-rtt",
  "series-rtt",
  "parts-rtt",
  "kendall",
  "rates",
];

/** The picture, which is as it was. */
async function drawnAsBefore(figure: CompiledFigure): Promise<string> {
  const svg = await svgOf(figure);
  await expect(`${svg.replaceAll(/>(?=<(?:g|path|text))/g, ">\n")}\n`).toMatchFileSnapshot(
    goldenFile(figure.drawing.name),
  );
  return svg;
}

test("each kind of figure is drawn as it was, of real runs", { timeout: 240_000 }, async () => {
  using results = await sampleResults();
  const { study, figures } = await drawnStudy(results.directory);
  for (const name of kinds) {
    const drawing = figures.get(name);
    if (drawing === undefined) throw new Error(`there is no figure ${name}`);
    const figure = compiledFigure(drawing, study.label);
    const svg = await drawnAsBefore(figure);
    expect(await svgOf(figure), "whatever was drawn before").toBe(svg);
    expect(svg).toContain("emulated servers: the order of times counts");
    const png = await pngOf(svg, 1);
    expect([...png.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join("")).toBe("PNG");
  }
});

test("who has won is drawn as it was, of runs that are made up", async () => {
  const runs = Object.entries({ "e1000-bridge": 4, "virtio-bridge": 2, "pci-passthrough": 1 }).flatMap(
    ([main, rttMs]) => tenRuns({ main, rttMs }),
  );
  const pairs = compareDriverPairs(runs, "hardware");
  const study = { pairs, measured: driversByConditions(runs), indexOf: new Map() } as unknown as StudyData;
  for (const drawing of winnerFigures(study)) await drawnAsBefore(compiledFigure(drawing, null));
});

test("what measuring changes is drawn as it was, of runs that are made up", async () => {
  const runs = crossedCaptures(["virtio-bridge", "macvtap-passthrough"], (replicate) => ({
    capture: 1.05 + ((3 * replicate) % 7) / 40,
    mpstat: 0.98 + ((5 * replicate) % 7) / 100,
  }));
  const disturbance = disturbanceOf(runs, "hardware");
  const study = { analysis: { disturbance }, indexOf: new Map() } as unknown as StudyData;
  for (const drawing of disturbanceFigures(study)) await drawnAsBefore(compiledFigure(drawing, null));
});
