import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { checkout } from "../../../lib/paths.ts";
import { analyseCommand } from "../../../measure/analysis/command.ts";
import { compareCommand } from "../../../measure/analysis/compare/command.ts";
import { sampleResults } from "../../support/samples.ts";

const silent = () => {};

/** What commands print of the samples, by how docs/dataset.md calls them. */
const printed = new Map<string, string>();

beforeAll(async () => {
  using results = await sampleResults();
  const options = { results: results.directory, runsOfStack: async () => undefined, say: silent };
  const shown = (text: string) => text.replaceAll(results.directory, "results/samples");
  printed.set("./lab analyse results/samples", shown(await analyseCommand(results.directory, {}, silent)));
  printed.set(
    "./lab compare --results results/samples e1000-bridge virtio-bridge",
    shown(await compareCommand("e1000-bridge", "virtio-bridge", {}, options)),
  );
}, 120_000);

/** Parts of what a document shows below a command, between lines that begin with "…" and stand for what is left out. */
function shownParts(command: string): string[] {
  const text = readFileSync(join(checkout, "docs/dataset.md"), "utf8");
  const [, below = ""] = text.split(`$ ${command}\n`);
  const [shown = ""] = below.split(/^(?:\$ |```)/m);
  return shown.split(/^ *….*\n/m).map((part) => part.trimEnd());
}

it.each(["./lab analyse results/samples", "./lab compare --results results/samples e1000-bridge virtio-bridge"])(
  "docs/dataset.md shows what %s prints",
  (command) => {
    const output = printed.get(command) ?? "";
    const parts = shownParts(command);
    expect(parts[0]).not.toBe("");
    expect(output.startsWith(parts[0] ?? "")).toBe(true);
    let end = 0;
    for (const part of parts) {
      const start = output.indexOf(part, end);
      expect(output.slice(end), "shown and not printed").toContain(part);
      end = start + part.length;
    }
    if (parts.at(-1) !== "") expect(output.slice(end)).toBe("");
  },
);
