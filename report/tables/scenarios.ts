import type { PlainTable, TableCell } from "../../measure/analysis/print/table.ts";
import { factorTable } from "../../study/factors.ts";
import type { ShownScenario } from "../layout/scenarios.ts";

/** A column of the factors, as people read its name. */
interface FactorHead {
  column: string;
  head: string;
}

/** Heads of all columns of the factors. */
const factorHeads: readonly FactorHead[] = Object.values(factorTable).flatMap(({ words, unit, columns }) =>
  columns.map(({ name }) => ({
    column: name,
    head: `${columns.length > 1 ? `${words} (${name.split("_")[0]})` : words}${unit === undefined ? "" : `, ${unit}`}`,
  })),
);

/** The columns in which scenarios differ; of columns that are alike in all scenarios the first. */
export function varyingFactors(scenarios: readonly ShownScenario[]): FactorHead[] {
  const seen = new Set<string>();
  return factorHeads.filter(({ column }) => {
    const values = scenarios.map(({ factors }) => factors[column] ?? null);
    const key = JSON.stringify(values);
    if (new Set(values).size < 2 || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Scenarios with their hashes, and the factors in which they differ. */
export function scenariosTable(scenarios: readonly ShownScenario[]): PlainTable {
  const differing = varyingFactors(scenarios);
  const [first] = scenarios;
  const alike = factorHeads.filter(
    ({ column }) =>
      first !== undefined &&
      scenarios.every(({ factors }) => (factors[column] ?? null) === (first.factors[column] ?? null)) &&
      (first.factors[column] ?? null) !== null,
  );
  return {
    title: "Scenarios",
    head: ["scenario", "SHA-256 of its factors", ...differing.map(({ head }) => head), "runs"],
    rows: scenarios.map(({ name, sha256, factors, runs }): TableCell[] => [
      name,
      sha256,
      ...differing.map(({ column }) => factors[column] ?? null),
      runs.length,
    ]),
    notes:
      first === undefined || alike.length === 0
        ? []
        : [`alike in all: ${alike.map(({ column, head }) => `${head} ${first.factors[column]}`).join("; ")}`],
  };
}
