import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compiledFigure } from "../../../report/draw/specification.ts";
import type { Drawing } from "../../../report/figures/drawing.ts";
import { writeReport } from "../../../report/report.ts";
import { writeFigures } from "../../../report/write.ts";
import { temporaryFolder } from "../../support/report.ts";

const drawing = (name: string): Drawing => ({
  ...{ name, title: name, caption: [], missing: [] },
  ...{ spec: null, fields: [], rows: [] },
});
const figure = (name: string) => compiledFigure(drawing(name), null);
const filesOf = (name: string) => ["csv", "png", "svg", "vl.json"].map((kind) => `${name}.${kind}`);

/** A folder with a folder of figures in it, and files by their path in it. */
function folderWith(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  const figures = join(folder.path, "figures");
  mkdirSync(figures);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder.path, path), text);
  return { path: folder.path, figures, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

test("a figure that an earlier report wrote and this one has no more is removed, and nothing else is", async () => {
  using folder = folderWith({ "figures/mine.svg": "mine" });
  await writeFigures(folder.path, [figure("old"), figure("kept")]);
  await writeFigures(folder.path, [figure("kept")]);
  expect(readdirSync(folder.figures).sort()).toEqual(["files.json", ...filesOf("kept"), "mine.svg"].sort());
});

const listed = (files: readonly string[]) => JSON.stringify({ writer: "sriov-rtt-testbed report", files });

test.each([
  ["a path", listed(["../report.html", "mine.svg"])],
  ["no figure", listed(["mine.txt", "mine.svg"])],
  ["no list", `${listed(["mine.svg"]).slice(0, -1)}`],
])("a list that names %s removes nothing", async (_, list) => {
  using folder = folderWith({ "figures/files.json": list, "figures/mine.svg": "mine", "figures/mine.txt": "mine" });
  await writeFigures(folder.path, []);
  expect(readdirSync(folder.figures).sort()).toEqual(["files.json", "mine.svg", "mine.txt"]);
});

test.each(["figures/files.json", "figures/x.svg", "report.html"])(
  "%s of somebody else is refused and stays",
  async (path) => {
    using folder = folderWith({ [path]: '["x.png"]' });
    await expect(writeFigures(folder.path, [figure("x")])).rejects.toThrow(
      new RegExp(`${path} was not written by ./lab report, which would overwrite it; move .* away`),
    );
    expect(readFileSync(join(folder.path, path), "utf8")).toBe('["x.png"]');
    expect(readdirSync(folder.figures)).toHaveLength(path.startsWith("figures") ? 1 : 0);
  },
);

test("a report is written over one of before", async () => {
  using folder = temporaryFolder();
  const page = await writeReport(folder.path);
  const before = readFileSync(page, "utf8");
  await writeReport(folder.path);
  expect(readFileSync(page, "utf8")).toBe(before);
});

test("a report that was broken off is known for ours", async () => {
  using folder = temporaryFolder();
  const broken = { ...figure("x"), drawing: { ...drawing("x"), rows: [null] } as unknown as Drawing };
  await expect(writeFigures(folder.path, [figure("a"), broken])).rejects.toThrow();
  await writeFigures(folder.path, [figure("a")]);
  expect(readdirSync(join(folder.path, "figures")).sort()).toEqual([...filesOf("a"), "files.json"]);
});
