import { expect, test } from "vitest";
import { pngOf, svgOf } from "../../report/draw/pictures.ts";
import { compiledFigure } from "../../report/draw/specification.ts";
import { drawnStudy } from "../support/report.ts";
import { sampleResults } from "../support/samples.ts";

/** One figure of each kind. */
const kinds = [
  "pairs-rtt",
  "boxes-rtt",
  "boxes-overhead",
  "boxes-ping-cpu-sender-during",
  "distribution-rtt",
  "parts-rtt",
  "kendall",
  "winner-rtt",
  "rates",
];

test("each kind of figure is drawn as it was, of real runs", async () => {
  using results = await sampleResults();
  const { study, figures } = await drawnStudy(results.directory);
  for (const name of kinds) {
    const drawing = figures.get(name);
    if (drawing === undefined) throw new Error(`there is no figure ${name}`);
    const figure = compiledFigure(drawing, study.label);
    const svg = await svgOf(figure);
    expect(await svgOf(figure), "whatever was drawn before").toBe(svg);
    await expect(`${svg.replaceAll(/>(?=<(?:g|path|text))/g, ">\n")}\n`).toMatchFileSnapshot(
      `report/${name}.golden.svg`,
    );
    expect(svg).toContain("emulated servers: the order of times counts");
    const png = await pngOf(svg, 1);
    expect([...png.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join("")).toBe("PNG");
  }
});
