import { expect, it } from "vitest";
import { projectFiles, textOf } from "../../support/documents.ts";

const isOurs = (path: string) => !/^(test|bench|sdks)\//.test(path);
const sources = projectFiles("*.ts").filter(isOurs);

/** What every file of a kind exports, for whoever loads it by the file's name. */
const entryPoints = new Set(["register"]);

const exported = (path: string) =>
  new Set(
    [...textOf(path).matchAll(/^export (?:async )?(?:interface|type|class|const|function\*?) (\w+)/gm)].map(
      ([, name = ""]) => name,
    ),
  );

it("a name that is exported has one meaning: no two files export it", () => {
  const files = Map.groupBy(
    sources.flatMap((path) => [...exported(path)].map((name) => ({ name, path }))),
    ({ name }) => name,
  );
  expect(files.size).toBeGreaterThan(500);
  const twice = [...files]
    .filter(([name, where]) => where.length > 1 && !entryPoints.has(name))
    .map(([name, where]) => `${name}: ${where.map(({ path }) => path).join(", ")}`);
  expect(twice).toEqual([]);
});

it("what is declared is named for what it is or does, so that nobody has to look it up", () => {
  const riddles = /^\s*(?:export )?(?:async )?(?:const|let|function) (of|one|said|here|own|knows|wanted)\b/gm;
  const found = sources.flatMap((path) => [...textOf(path).matchAll(riddles)].map(([, name]) => `${path}: ${name}`));
  expect(found).toEqual([]);
});

it("mebibytes are MiB in every name", () => {
  const misspelt = sources.flatMap((path) => textOf(path).match(/\b[a-z]\w*(?:Mib|MIB|MB|Mb)\b/g) ?? []);
  expect(misspelt).toEqual([]);
});

it("what is private to a class is so when it runs: #name, and `private` for constructors alone", () => {
  const typedOnly = sources.flatMap(
    (path) => textOf(path).match(/^\s+(?:private|protected) (?!constructor\().*/gm) ?? [],
  );
  expect(typedOnly).toEqual([]);
});
