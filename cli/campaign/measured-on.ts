import { mostPairs, pairInName } from "../../study/factors/server-pair.ts";
import type { Block } from "./blocks.ts";
import type { MeasuredRuns } from "./measured.ts";

/** Pairs of which there may be runs, by the names of scenarios. */
export function pairsIn(runs: MeasuredRuns): number[] {
  const names = runs.scenarioNames();
  const numbers = Array.from({ length: mostPairs }, (_, index) => index + 1);
  return numbers.filter((pair) => names.some((name) => name.includes(pairInName(pair))));
}

/**
 * The pair on which a block has runs that count; where it has some on several, that with most.
 * @returns a function that says so of each block; undefined for one without runs
 */
export function measuredOn(runs: MeasuredRuns): (block: Block) => number | undefined {
  const pairs = pairsIn(runs);
  return (block) => {
    const counts = pairs.map((pair) => ({ pair, count: block.on(pair).filter((each) => runs.hasSome(each)).length }));
    const most = Math.max(0, ...counts.map(({ count }) => count));
    return most === 0 ? undefined : counts.find(({ count }) => count === most)?.pair;
  };
}
