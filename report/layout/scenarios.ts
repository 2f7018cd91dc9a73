import { conditionsOf, conditionWords, driverOf, vmLevelOf } from "../../measure/analysis/competitors.ts";
import type { RunRecord } from "../../measure/dataset/run-record.ts";
import type { Cell } from "../../study/factor.ts";
import { factorCellsOfRun, fixedAndPlace } from "../../study/factor-columns.ts";

/** A scenario as the report shows it: what runs have in common, by the column of the dataset. */
export interface ShownScenario {
  name: string;
  sha256: string;
  factors: Readonly<Record<string, Cell>>;
  /** Driver of the Main VMs, and how many compete. */
  driver: string;
  vms: number;
  ratePps: number;
  /** Under which conditions its driver is compared, in words. */
  conditions: string;
  /** Factors that no axis shows and that a scenario without competitors has too, as one text. */
  fixed: string;
  /** Factors of the competition that no axis shows, as one text. */
  pressure: string;
  runs: RunRecord[];
}

/** The scenarios of some runs, in the order of their names. */
export function shownScenarios(runs: readonly RunRecord[]): ShownScenario[] {
  return [...Map.groupBy(runs, ({ scenarioSha256 }) => scenarioSha256).values()]
    .flatMap((all): ShownScenario[] => {
      const [run] = all;
      if (run === undefined) return [];
      return [
        {
          name: run.scenario,
          sha256: run.scenarioSha256,
          factors: factorCellsOfRun(run),
          driver: driverOf(run),
          vms: vmLevelOf(run),
          ratePps: run.ratePps,
          conditions: conditionWords(conditionsOf(run)),
          fixed: fixedAndPlace(run),
          pressure: run.pressure,
          runs: all,
        },
      ];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
