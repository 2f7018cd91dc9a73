import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { changesDocument } from "../../../cli/diff/document.ts";
import { emulatedServersDocument } from "../../../cli/setup/document.ts";
import { configurationDocument } from "../../../infra/config/document.ts";
import { driversDocument } from "../../../infra/vm/document.ts";
import { checkout } from "../../../lib/paths.ts";

it.each([
  ["configuration.md", "infra/config/document.ts", configurationDocument],
  ["scenario-changes.md", "cli/diff/document.ts", changesDocument],
  ["emulated-servers.md", "cli/setup/document.ts", emulatedServersDocument],
  ["drivers.md", "infra/vm/document.ts", driversDocument],
])(
  "docs/%s is what `node %s` writes",
  async (file, _program, text) => {
    expect(readFileSync(join(checkout, "docs", file), "utf8")).toBe(await text());
  },
  120_000,
);
