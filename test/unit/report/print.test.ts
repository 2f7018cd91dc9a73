import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { extractText, getDocumentProxy } from "unpdf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figureInColumn, pointsPerPixel, sizeOf } from "../../../report/draw/column-width.ts";
import type { Drawing } from "../../../report/figures/drawing.ts";
import { type PrintWords, printFigures } from "../../../report/print.ts";
import { drawnStudy, temporaryFolder } from "../../support/report.ts";
import { sampleResults } from "../../support/samples.ts";

let results: Awaited<ReturnType<typeof sampleResults>>;
const folder = temporaryFolder();
beforeAll(async () => {
  results = await sampleResults();
}, 120_000);
afterAll(() => {
  results[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const points = (mm: number) => (mm * 72) / 25.4;
const print = (words: Partial<PrintWords>, say?: (line: string) => void) =>
  printFigures(results.directory, { format: "pdf", width: "88mm", output: folder.path, ...words }, say);

describe("./lab figures", () => {
  test.each([88, 180])(
    "writes PDFs %i mm wide that hold their font, their texts and no picture of dots",
    async (mm) => {
      const files = await print({ figures: "pairs-rtt,boxes-overhead", width: `${mm}mm` });
      expect(files.map((file) => basename(file))).toEqual([`pairs-rtt-${mm}mm.pdf`, `boxes-overhead-${mm}mm.pdf`]);
      for (const file of files) {
        const bytes = readFileSync(file);
        const document = await getDocumentProxy(new Uint8Array(bytes));
        expect(document.numPages).toBe(1);
        const [, , width = 0] = (await document.getPage(1)).view;
        expect(width).toBeCloseTo(points(mm), 3);
        const raw = bytes.toString("latin1");
        expect(raw).toMatch(/\/FontName \/[A-Z]{6}\+SourceSans3/);
        expect(raw).toContain("/FontFile2");
        expect(raw).not.toMatch(/\/Subtype \/Image|\/Helvetica/);
        // Lines of one text are one text.
        const text = (await extractText(document, { mergePages: true })).text.replaceAll(/\s+/g, " ");
        expect(text).toContain(
          file.includes("pairs") ? "Difference of each pair of drivers: median RTT" : "Overhead by background VMs",
        );
        expect(text).toContain("emulated servers: the order of times counts, not their size; CPU usage says nothing");
        expect(text).toContain(file.includes("pairs") ? "macvtap-passthrough / pci-passthrough" : "unavailable");
      }
    },
  );

  test("writes SVGs of that size without text that a font would be needed for", async () => {
    const [file = ""] = await print({ figures: "pairs-rtt", format: "svg" });
    const svg = readFileSync(file, "utf8");
    expect(svg).toMatch(/^<svg xmlns="[^"]+" width="88mm" height="[\d.]+mm" viewBox="0 0 374\.\d+ \d+">/);
    expect(svg).not.toMatch(/<text|font-family/);
    expect(svg.match(/<path/g)?.length).toBeGreaterThan(20);
  });

  test("refuses a figure, a kind and a width that there is not, and says what there is", async () => {
    await expect(print({ figures: "boxes-rtt,boxes-rrt" })).rejects.toThrow(
      /boxes-rrt: these data have no such figure; allowed: pairs-rtt, /,
    );
    // One that is asked for beside it is not written either.
    await expect(print({ figures: "boxes-overhead,pairs-rtt", width: "60mm" })).rejects.toThrow();
    expect(readdirSync(folder.path).filter((name) => name.includes("60mm"))).toEqual([]);
    const file = join(folder.path, "a-file");
    writeFileSync(file, "");
    await expect(print({ output: file })).rejects.toThrow(
      `-o ${file}: there is a file of that name; allowed: a folder`,
    );
    await expect(print({ format: "eps" })).rejects.toThrow("--format eps: no such kind of file; allowed: pdf, svg");
    for (const width of ["88", "88cm", "10mm", "-88mm", "4000mm"])
      await expect(print({ width }), width).rejects.toThrow(`--width ${width}: no such width; allowed: 60mm to 400mm`);
    await expect(print({ figures: "pairs-rtt", width: "60mm" })).rejects.toThrow(
      "pairs-rtt cannot be read at a width of 60 mm",
    );
  });
});

test("names of panels that are longer than a column are broken into lines", async () => {
  using copy = temporaryFolder();
  cpSync(join(import.meta.dirname, "../../data/virtual-time"), copy.path, { recursive: true });
  const figures = "boxes-rtt,series-rtt,rates";
  const words = { figures, format: "svg", width: "88mm", output: folder.path };
  await expect(printFigures(copy.path, words)).resolves.toHaveLength(3);
}, 120_000);

test("every figure is laid out for its column: no wider, and with no text below 6 points", async () => {
  const { study, figures } = await drawnStudy(results.directory);
  const drawn = [...figures.values()].filter(({ spec }) => spec !== null);
  expect(drawn.length).toBeGreaterThan(10);
  for (const drawing of drawn.filter(({ name }) => !/^pairs-(?!rtt$)|^boxes-(?!rtt$)/.test(name))) {
    const { svg, width } = await figureInColumn(drawing as Drawing, study.label, 88);
    expect(width * pointsPerPixel).toBeCloseTo(points(88), 3);
    expect(sizeOf(svg).width, drawing.name).toBeLessThanOrEqual(width);
    const sizes = [...svg.matchAll(/font-size="([\d.]+)(?:px)?"/g)].map(([, size]) => Number(size) * pointsPerPixel);
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.min(...sizes), drawing.name).toBeGreaterThanOrEqual(6);
  }
}, 240_000);
