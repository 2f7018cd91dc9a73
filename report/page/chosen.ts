/** A value of a factor, as payloads have it. */
export type FactorValue = string | number | boolean | null;

/** A value of a factor as the page shows it. One that is absent has no word that is a value: captures have "none". */
export const wordsOfValue = (value: FactorValue): string => (value === null ? "—" : String(value));

/** What the reader has chosen: of some factors, the values that are shown. Factors that are left out show all. */
export type Chosen = ReadonlyMap<string, ReadonlySet<FactorValue>>;

interface ChoosableFactor {
  column: string;
  values: readonly FactorValue[];
}

/** An empty text stands for a factor that means nothing in a scenario. */
const wordOf = (value: FactorValue) => (value === null ? "" : encodeURIComponent(String(value)));

/** What is chosen as the part of an address behind the #: "load_type=cpu,network&background_vms=8". */
export const fragmentOf = (chosen: Chosen): string =>
  [...chosen].map(([column, values]) => `${encodeURIComponent(column)}=${[...values].map(wordOf).join(",")}`).join("&");

function decoded(word: string): string | undefined {
  try {
    return decodeURIComponent(word);
  } catch {
    return undefined;
  }
}

/** What such a part says of these factors. Factors and values that are not among them are left out. */
export function chosenOf(fragment: string, factors: readonly ChoosableFactor[]): Chosen {
  const chosen = new Map<string, ReadonlySet<FactorValue>>();
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    const factor = at < 0 ? undefined : factors.find(({ column }) => column === decoded(part.slice(0, at)));
    if (factor === undefined) continue;
    const words = new Set(part.slice(at + 1).split(","));
    const values = factor.values.filter((value) => words.has(wordOf(value)));
    if (values.length > 0 && values.length < factor.values.length) chosen.set(factor.column, new Set(values));
  }
  return chosen;
}

/** The indices of scenarios that are shown. */
export function shownScenarioIndices(
  scenarios: readonly { factors: Readonly<Record<string, FactorValue>> }[],
  chosen: Chosen,
): Set<number> {
  return new Set(
    scenarios.flatMap(({ factors }, index) =>
      [...chosen].every(([column, values]) => values.has(factors[column] ?? null)) ? [index] : [],
    ),
  );
}

/** A factor in which two scenarios differ. */
export interface FactorDifference {
  column: string;
  here: FactorValue;
  there: FactorValue;
}

/** In what two scenarios differ. */
const differencesOf = (
  here: Readonly<Record<string, FactorValue>>,
  there: Readonly<Record<string, FactorValue>>,
): FactorDifference[] =>
  Object.keys(here).flatMap((column) => {
    const [a, b] = [here[column] ?? null, there[column] ?? null];
    return a === b ? [] : [{ column, here: a, there: b }];
  });

/** The scenarios that differ from one in the fewest factors, at most so many, and in what. */
export function neighboursOf(
  scenarios: readonly { factors: Readonly<Record<string, FactorValue>> }[],
  index: number,
  most: number,
): { index: number; differences: FactorDifference[] }[] {
  const factorsHere = scenarios[index]?.factors ?? {};
  return scenarios
    .map(({ factors }, other) => ({ index: other, differences: differencesOf(factorsHere, factors) }))
    .filter((one) => one.index !== index)
    .sort((a, b) => a.differences.length - b.differences.length || a.index - b.index)
    .slice(0, most);
}
