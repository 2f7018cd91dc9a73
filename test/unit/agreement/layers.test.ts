import { expect, it } from "vitest";
import { textOf } from "../../support/documents.ts";
import { cycleIn, forbiddenImports, importsOfProject, layerOf, layersOf } from "../../support/imports.ts";

const layers = layersOf(textOf("ARCHITECTURE.md"));
const imports = importsOfProject();

it("every source file stands in a folder of ARCHITECTURE.md's table", () => {
  const homeless = [...imports.keys()].filter((path) => path.includes("/") && layerOf(path, layers) === undefined);
  expect(homeless).toEqual([]);
});

it("files import what ARCHITECTURE.md's table says that they may", () => {
  expect(imports.size).toBeGreaterThan(400);
  expect(forbiddenImports(imports, layers)).toEqual([]);
});

it("no file imports itself by way of others", () => {
  expect(cycleIn(imports)).toBeUndefined();
});

it("an import of a layer above, of a folder beside, and of one file too many are found", () => {
  const table =
    "| folder | | imports |\n|---|---|---|\n| `a/` | | `b/`, `c/one.ts` |\n| `a/deep/` | | nothing |\n| `b/` | | |\n| `c/` | | |";
  const made = new Map([
    ["a/x.ts", ["a/y.ts", "b/x.ts", "c/one.ts", "c/two.ts", "a/deep/x.ts"]],
    ["a/deep/x.ts", ["a/deep/y.ts", "a/x.ts"]],
    ["b/x.ts", ["a/x.ts"]],
  ]);
  expect(forbiddenImports(made, layersOf(table)).map((line) => line.split(";")[0])).toEqual([
    "a/x.ts imports c/two.ts",
    "a/x.ts imports a/deep/x.ts",
    "a/deep/x.ts imports a/x.ts",
    "b/x.ts imports a/x.ts",
  ]);
});

it("a cycle is told from the file that begins it", () => {
  const acyclic = new Map([
    ["a", ["b", "c"]],
    ["b", ["c"]],
    ["c", []],
  ]);
  expect(cycleIn(acyclic)).toBeUndefined();
  expect(cycleIn(new Map([...acyclic, ["c", ["b"]]]))).toEqual(["b", "c", "b"]);
});
