import { existsSync, globSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { checkout } from "../../../lib/paths.ts";
import { codeIn, documents, textOf } from "../../support/documents.ts";

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
const anchorsOf = (path: string) =>
  new Set([...textOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading)));

const folders = "bench|cli|docs|emulator|experiments|infra|lib|measure|sdks|test|tools";

describe.each(documents())("%s", (document) => {
  const text = textOf(document);
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);

  it("has links that lead somewhere", () => {
    const broken = links
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [path = "", anchor] = target.split("#");
        const file = path === "" ? document : normalize(join(dirname(document), path));
        return !existsSync(join(checkout, file)) || (anchor !== undefined && !anchorsOf(file).has(anchor));
      });
    expect(broken).toEqual([]);
  });

  it("names files of the project that exist", () => {
    const named = codeIn(text).flatMap(
      (code) => code.match(new RegExp(`(?<![\\w./-])(?:${folders})/[\\w./*-]*`, "g")) ?? [],
    );
    const inProse = text.match(/(?<![\w./-])docs\/[\w-]+\.md/g) ?? [];
    const missing = [...named, ...inProse].filter((path) => globSync(path, { cwd: checkout }).length === 0);
    expect(missing).toEqual([]);
  });
});

it("there are documents with links and files in them", () => {
  const all = documents().map(textOf).join("\n");
  expect(documents()).toContain("README.md");
  expect(all.match(/\]\([a-z-]+\.md/g)?.length).toBeGreaterThan(2);
  expect(codeIn(all).filter((code) => code.startsWith("infra/")).length).toBeGreaterThan(10);
});
