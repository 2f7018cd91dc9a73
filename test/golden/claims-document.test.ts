import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkout } from "../../lib/paths.ts";
import { claimsDocument } from "../../measure/analysis/claims/document.ts";

it("docs/claims.md is what node measure/analysis/claims/document.ts writes", () => {
  expect(readFileSync(join(checkout, "docs", "claims.md"), "utf8")).toBe(claimsDocument());
});
