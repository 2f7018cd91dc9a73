import { scenarioOf } from "../../study/scenario.ts";
import { pairKey } from "../../study/terms.ts";
import type { PlannedDeployment } from "./deployments.ts";
import type { PlannedScenario } from "./planned-scenario.ts";

/** The pair of servers that a deployment is planned on. */
export const pairOf = ({ scenario }: Pick<PlannedDeployment, "scenario">): number => scenario.config[pairKey];

/** A replicate of everything that a campaign compares. All of it is measured on one pair of servers, whichever that is. */
export interface Block {
  replicate: number;
  /** Its deployments on the pair by whose scenarios the campaign is named and ordered. */
  planned: readonly PlannedDeployment[];
  /** The same on a pair, one by one. */
  on: (pair: number) => readonly PlannedDeployment[];
}

/** The same scenario on another pair of servers: another one by its hash and name. */
function scenarioOn(scenario: PlannedScenario, pair: number): PlannedScenario {
  const config = { ...scenario.config, [pairKey]: pair };
  const { sha256: hash, name, factors } = scenarioOf(config);
  return { ...scenario, hash, name, factors, config };
}

/** A campaign's deployments, block by block. */
export function campaignBlocks(deployments: readonly PlannedDeployment[]): Block[] {
  const scenarios = new Map<string, PlannedScenario>();
  const on = (deployment: PlannedDeployment, pair: number): PlannedDeployment => {
    if (pairOf(deployment) === pair) return deployment;
    const key = `${pair} ${deployment.scenario.hash}`;
    const scenario = scenarios.get(key) ?? scenarioOn(deployment.scenario, pair);
    scenarios.set(key, scenario);
    return { ...deployment, scenario };
  };
  return [...Map.groupBy(deployments, ({ replicate }) => replicate)].map(([replicate, planned]) => {
    const byPair = new Map<number, readonly PlannedDeployment[]>();
    return {
      ...{ replicate, planned },
      on: (pair) => {
        const known = byPair.get(pair) ?? planned.map((deployment) => on(deployment, pair));
        byPair.set(pair, known);
        return known;
      },
    };
  });
}

/** Which pair each block was begun on, by replicate; a block that is not in it was not begun. */
export type PairsOfBlocks = ReadonlyMap<number, number>;

/**
 * On which pair each block was begun: where it has runs that count. One that was dealt and has none is any pair's, since a pair that is dead
 * would keep it for ever.
 * @param measuredOn the pair that runs of a block were measured on; undefined where it has none
 */
export const pairsOfBlocks = (
  blocks: readonly Block[],
  measuredOn: (block: Block) => number | undefined,
): PairsOfBlocks =>
  new Map(
    blocks.flatMap((block) => {
      const pair = measuredOn(block);
      return pair === undefined ? [] : [[block.replicate, pair] as const];
    }),
  );
