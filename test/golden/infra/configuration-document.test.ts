import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { configurationDocument } from "../../../infra/config/document.ts";
import { checkout } from "../../../lib/paths.ts";

it("docs/configuration.md is what the schema says (node infra/config/document.ts writes it)", () => {
  expect(readFileSync(join(checkout, "docs", "configuration.md"), "utf8")).toBe(configurationDocument());
});
