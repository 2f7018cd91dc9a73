import { canonicalJson } from "../../lib/canonical.ts";
import { eachTwo } from "../../lib/each-two.ts";
import type { Measure } from "../../study/metric-lists.ts";
import type { RunRecord } from "../dataset/run-record.ts";
import { cellOf, placeOf } from "./arms.ts";
import { campaignOf } from "./campaigns.ts";
import { cellWords, hiddenDifferences, type WordedCell } from "./cell-words.ts";
import { comparedMeasures, reasonFor } from "./compare/compare.ts";
import { decidedOn, verdictOn } from "./compare/verdict.ts";
import { type Comparison, compareDeployments } from "./comparison.ts";
import { conditionsOf, conditionWords, driverOf, isOfStudy, vmLevelOf } from "./competitors.ts";
import type { Placed } from "./contrasts.ts";
import { deploymentsOf } from "./deployments.ts";

/** Of what two drivers are compared: of all cells that both have, of those under equal conditions, or of one cell alone. */
type PairScope = "all" | "conditions" | "cell";

/** Two drivers, and one measure of them. */
export interface DriverPair {
  measure: Measure;
  first: string;
  second: string;
  scope: PairScope;
  /** Which cells these are, in words. */
  where: string;
  /** Whether these are all cells that the two have in common: a narrower scope then repeats the widest. */
  isAll: boolean;
  /** Null where one of them has no value at all. */
  comparison: Comparison | null;
  /** Why there is none. */
  unavailable: string | null;
  /** Whether the interval tells the two apart; null where the measure says nothing on these servers, or there is no interval. */
  decided: boolean | null;
  /** What the data say, in words. */
  verdict: string;
  /** Hashes of the scenarios that it rests on. */
  scenarios: string[];
}

/**
 * By what competitors on SR-IOV are told apart: `design` takes all of them for one, because in the study their driver goes with the Main
 * VMs' (4.4); `own` goes by the driver that they have, where a driver is compared that the study does not have.
 */
type Competitors = "design" | "own";

/** What two runs of different drivers must share to be a pair. */
function pairCell(run: RunRecord, competitors: Competitors): string {
  const place = placeOf(run);
  if (competitors === "design" && place?.setting === "sriov")
    return canonicalJson(cellOf({ ...run, setting: place.setting }));
  const { blocks, fixed, pressure } = run;
  return canonicalJson({ ...blocks, fixed, pressure, campaign: campaignOf(run) });
}

/** What the words of a run's cell are made of: nothing of its campaign, for a cell is the same whenever it was measured. */
const wordedCellOf = (run: RunRecord, competitors: Competitors): WordedCell => {
  const { ratePps, fixed, pressure, background, load } = run;
  const isDesign = competitors === "design";
  return {
    conditions: conditionWords(isDesign ? conditionsOf(run) : { competitors: background, load }),
    vms: isDesign ? vmLevelOf(run) : run.vms,
    ...{ ratePps, fixed, pressure },
  };
};

const competitorsFor = (...drivers: string[]): Competitors => (drivers.every(isOfStudy) ? "design" : "own");

type Words = ReturnType<typeof cellWords>;

type Side = readonly Placed[];
const runsOf = (side: Side) => side.flatMap(({ deployment }) => deployment.runs);

/** The deployments of two drivers in the cells that both have. */
function inCommon(first: Side, second: Side): [Side, Side] {
  const [left, right] = [first, second].map((side) => new Set(side.map(({ cell }) => cell)));
  return [first.filter(({ cell }) => right?.has(cell)), second.filter(({ cell }) => left?.has(cell))];
}

function compareSidesOf(
  [first, second]: [Side, Side],
  names: [string, string],
  measure: Measure,
  fidelity: string,
): Pick<DriverPair, "comparison" | "unavailable" | "decided" | "verdict"> {
  const missing = [first, second].flatMap((side, i) => {
    const reason = reasonFor(runsOf(side), measure);
    return reason === null ? [] : [`${names[i]}: ${reason}`];
  });
  if (missing.length > 0)
    return { comparison: null, unavailable: missing.join("; "), decided: null, verdict: "unavailable" };
  const comparison = compareDeployments(first, second, measure, "student");
  return {
    comparison,
    unavailable: null,
    decided: decidedOn(fidelity, comparison, measure),
    verdict: verdictOn(fidelity, comparison, measure, names),
  };
}

/** What all cells of a pair are called; what they differ in though no axis shows it stands there. */
function wordsOfAll(cells: readonly WordedCell[], words: Words): string {
  const [byCell, byConditions] = [new Set(cells.map(words.cell)), new Set(cells.map(words.conditions))];
  if (byCell.size === 1) return [...byCell][0] ?? "";
  if (byConditions.size === 1) return [...byConditions][0] ?? "";
  const hidden = hiddenDifferences(cells);
  return `all cells that both have${hidden.length > 0 ? `, which differ in ${hidden.join(", ")}` : ""}`;
}

interface PartOfPair extends Pick<DriverPair, "scope" | "where" | "isAll"> {
  sides: [Side, Side];
}

/** The parts of what two drivers have in common: all of it, what they have under equal conditions, and each cell where there are several. */
function scopesOf([first, second]: [Side, Side], words: Words, competitors: Competitors): PartOfPair[] {
  const cellOfSide = ({ deployment }: Placed) => wordedCellOf(deployment.run, competitors);
  const cut = (scope: PairScope, wordsOf: (cell: WordedCell) => string) => {
    const whereOf = (placed: Placed) => wordsOf(cellOfSide(placed));
    const [left, right] = [Map.groupBy(first, whereOf), Map.groupBy(second, whereOf)];
    return [...left].map(
      ([where, part]): PartOfPair => ({ scope, where, isAll: left.size === 1, sides: [part, right.get(where) ?? []] }),
    );
  };
  const [byConditions, byCell] = [cut("conditions", words.conditions), cut("cell", words.cell)];
  const where = wordsOfAll(first.map(cellOfSide), words);
  return [
    { scope: "all", where, isAll: true, sides: [first, second] },
    ...byConditions,
    ...(byCell.length > 1 ? byCell : []),
  ];
}

/**
 * Every two drivers of the Main VMs, compared measure by measure as `./lab compare` compares them: deployments of equal cell, replicate
 * and campaign are a pair, and three to five replicates are given Student's interval.
 * @param runs those that count, and those that were lost
 */
export function compareDriverPairs(runs: readonly RunRecord[], fidelity: string): DriverPair[] {
  const byDriver = Map.groupBy(deploymentsOf(runs), ({ run }) => driverOf(run));
  const sideOf = (driver: string, competitors: Competitors): Side =>
    (byDriver.get(driver) ?? []).map((deployment) => ({ deployment, cell: pairCell(deployment.run, competitors) }));
  const words = cellWords(runs.map((run) => wordedCellOf(run, "own")));
  return eachTwo([...byDriver.keys()].sort()).flatMap(([first, second]) => {
    const competitors = competitorsFor(first, second);
    const common = inCommon(sideOf(first, competitors), sideOf(second, competitors));
    if (common[0].length === 0) return [];
    return scopesOf(common, words, competitors).flatMap(({ scope, where, isAll, sides: part }) => {
      const scenarios = [...new Set(part.flatMap(runsOf).map(({ scenarioSha256 }) => scenarioSha256))];
      return comparedMeasures.map(
        (measure): DriverPair => ({
          ...{ measure, first, second, scope, where, isAll, scenarios },
          ...compareSidesOf(part, [first, second], measure, fidelity),
        }),
      );
    });
  });
}

/**
 * The drivers that were measured under each set of conditions, by its words, which are those of `compareDriverPairs`.
 * @param runs those that were compared
 */
export function driversByConditions(runs: readonly RunRecord[]): Map<string, string[]> {
  const words = cellWords(runs.map((run) => wordedCellOf(run, "own")));
  const groups = Map.groupBy(runs, (run) => words.conditions(wordedCellOf(run, competitorsFor(driverOf(run)))));
  return new Map([...groups].map(([where, all]) => [where, [...new Set(all.map(driverOf))].sort()]));
}

/** Each two of some drivers that were not compared with each other, in words. */
export const notCompared = (drivers: Iterable<string>, compared: readonly DriverPair[]): string[] =>
  eachTwo([...new Set(drivers)].sort())
    .filter(([one, other]) => !compared.some(({ first, second }) => first === one && second === other))
    .map(([one, other]) => `${one} and ${other}`);

/** Pairs of drivers that no cell of a replicate has both of, in words: nothing can be said of them. */
export const pairsApart = (runs: readonly RunRecord[], compared: readonly DriverPair[]): string[] =>
  notCompared(runs.map(driverOf), compared);
