import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, configSchema } from "../../infra/config/schema.ts";
import { checkout } from "../../lib/paths.ts";
import { type FactorTable, factorTable } from "../../study/factors.ts";
import { exampleScenario } from "../../study/terms.ts";
import { diffScenarios } from "./changes.ts";
import { partsOf } from "./words.ts";

const base: Config = configSchema.parse(exampleScenario);

interface ExampleRow {
  what: string;
  from: Partial<Config>;
  to: Partial<Config>;
}

/** The factors' own examples, a row each. */
export const factorExamples = (table: FactorTable): ExampleRow[] =>
  Object.entries(table).flatMap(([id, { words, examples }]) =>
    examples.map(({ what = words, given, from, to }) => ({
      what,
      from: { ...given, ...(from !== undefined && { [id]: from }) },
      to: { [id]: to },
    })),
  );

/** What is no factor, and can be changed too. */
const settingExamples: readonly ExampleRow[] = [
  { what: "runs: 10 to 20", from: {}, to: { runs: 20 } },
  { what: "replicate", from: {}, to: { replicate: 2 } },
];

/** The text of docs/scenario-changes.md: what a change of each factor touches, as the program itself declares it. */
export async function changesDocument(): Promise<string> {
  const rows: string[] = [];
  for (const { what, from, to } of [...factorExamples(factorTable), ...settingExamples]) {
    const start = { ...base, ...from };
    const { made, replaced, removed, updated } = (await diffScenarios(start, { ...start, ...to })).changes;
    // A VM that is updated and not made anew would be one that the factor cannot change without.
    const touched = updated.filter((name) => !/-(slots|ready)$/.test(name));
    if (touched.length > 0) throw new Error(`${what}: updates ${touched.join(", ")}`);
    rows.push(`| ${what} | ${[made, replaced, removed].map((names) => partsOf(names) || "-").join(" | ")} |`);
  }
  return `# What a change of scenario touches

Generated from the program by \`node cli/diff/document.ts\`; do not edit. \`./lab diff STACK_A STACK_B\` says the same of two stacks.

A scenario with 8 background VMs on the bridge and CPU load at the Sender is changed in one factor. What is not named stays as it
is: leases, VFs, bridges and guest images in every row, and all VMs but those named. Numbers in parentheses count resources.

| changed | made | made anew | removed |
|---|---|---|---|
${rows.join("\n")}

A fleet's bookkeeping on its server follows its VMs and is not named. VMs that are wanted no more are off before the next run is
measured. Load is ended before it is started anew, and goes on while Main VMs are changed.
`;
}

if (import.meta.main) writeFileSync(join(checkout, "docs", "scenario-changes.md"), await changesDocument());
