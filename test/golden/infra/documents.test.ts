import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { configurationDocument } from "../../../infra/config/document.ts";
import { driversDocument } from "../../../infra/vm/document.ts";
import { checkout } from "../../../lib/paths.ts";

it.each([
  ["configuration.md", "infra/config/document.ts", configurationDocument],
  ["drivers.md", "infra/vm/document.ts", driversDocument],
])("docs/%s is what `node %s` writes", (file, _program, text) => {
  expect(readFileSync(join(checkout, "docs", file), "utf8")).toBe(text());
});
