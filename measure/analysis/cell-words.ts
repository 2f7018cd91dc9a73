import type { Cell } from "../../study/factor.ts";
import { rateWords } from "./competitors.ts";

/** What the words of a cell are made of. */
export interface WordedCell {
  /** Load and competitors, in words. */
  conditions: string;
  /** How many compete. */
  vms: number;
  ratePps: number;
  /** Factors that no axis shows and that a cell without competitors has too, as one text. */
  fixed: string;
  /** Factors of the competition that no axis shows, as one text. */
  pressure: string;
}

/** How the absent value of a factor is called: by no word that is a value, as "none" is one of captures. */
const absentWords = "as usual";

type Members = Readonly<Record<string, Cell>>;
const membersOf = (text: string): Members => JSON.parse(text) as Members;

/** Names of the members in which some of these texts differ. */
function varying(texts: readonly string[]): string[] {
  const all = [...new Set(texts)].map(membersOf);
  const names = [...new Set(all.flatMap((members) => Object.keys(members)))];
  return names.filter((name) => new Set(all.map((members) => members[name] ?? null)).size > 1);
}

const inWords = (name: string) => name.replaceAll("_", " ");
const membersInWords = (text: string, names: readonly string[]): string => {
  if (names.length === 0) return "";
  const members = membersOf(text);
  return names.map((name) => `, ${inWords(name)} ${members[name] ?? absentWords}`).join("");
};

const varyingPressure = (cells: readonly WordedCell[]) =>
  varying(cells.filter(({ vms }) => vms > 0).map(({ pressure }) => pressure));

/** Factors that no axis shows and in which these cells differ, in words. */
export const hiddenDifferences = (cells: readonly WordedCell[]): string[] =>
  [...varying(cells.map(({ fixed }) => fixed)), ...varyingPressure(cells)].map(inWords);

/** What cells are called by that in which they differ from each other: cells that differ in it never share a name. */
export function cellWords(cells: readonly WordedCell[]) {
  const [fixed, pressure] = [varying(cells.map((one) => one.fixed)), varyingPressure(cells)];
  const hiddenOf = (one: WordedCell) =>
    `${membersInWords(one.fixed, fixed)}${one.vms > 0 ? membersInWords(one.pressure, pressure) : ""}`;
  return {
    /** The frequency, and what else a cell without competitors has. */
    frame: (one: WordedCell) => `${rateWords(one.ratePps)}${membersInWords(one.fixed, fixed)}`,
    /** Under which conditions, whatever the frequency and however many compete. */
    conditions: (one: WordedCell) => `${one.conditions}${hiddenOf(one)}`,
    /** The same at one frequency: a panel of a figure. */
    panel: (one: WordedCell) => `${one.conditions}, ${rateWords(one.ratePps)}${hiddenOf(one)}`,
    /** All of it. */
    cell: (one: WordedCell) =>
      `${one.conditions}${one.vms > 0 ? `, ${one.vms} background VMs` : ""}, ${rateWords(one.ratePps)}${hiddenOf(one)}`,
  };
}
