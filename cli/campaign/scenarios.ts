import { factorTable } from "../../study/factors.ts";
import type { Experiment, ExperimentArm, Profile } from "./experiment.ts";
import { armFactors, leveledFactors } from "./levels.ts";
import { type ScenarioConfig, scenarioConfigSchema } from "./scenario-config.ts";

/** One cell of an experiment's grid: an arm at one level of every factor. */
export interface ExperimentCell {
  experiment: Experiment;
  arm: ExperimentArm;
  profile: Profile;
  /** Of each factor that the experiment has levels of, by its key. */
  levels: Readonly<Record<string, unknown>>;
}

/** Every combination of one value of each list; the last list varies fastest. */
function combinations(lists: readonly { id: string; values: readonly unknown[] }[]): Record<string, unknown>[] {
  return lists.reduce<Record<string, unknown>[]>(
    (found, { id, values }) => found.flatMap((combination) => values.map((value) => ({ ...combination, [id]: value }))),
    [{}],
  );
}

/** Every cell of an experiment's grid (3.1.2), also those that are one scenario because nobody competes in them. */
export function cellsOf(experiment: Experiment, profile: Profile): ExperimentCell[] {
  const valuesIn = (file: Readonly<Record<string, unknown>>, of: "experiment" | "profile") =>
    leveledFactors(of).flatMap(({ id, key }) => {
      const values = file[key] as readonly unknown[] | undefined;
      return values === undefined ? [] : [{ id, values }];
    });
  const byId = new Map(
    [...valuesIn({ ...experiment }, "experiment"), ...valuesIn({ ...profile }, "profile")].map((list) => [
      list.id,
      list,
    ]),
  );
  const lists = Object.keys(factorTable).flatMap((id) => byId.get(id) ?? []);
  return experiment.arms.flatMap((arm) => combinations(lists).map((levels) => ({ experiment, arm, profile, levels })));
}

/**
 * The configuration of a cell. What means nothing in it is the schema's default, so that cells without background VMs are alike.
 * @param changed levels that are others than the cell's
 */
export function configOf(
  { arm, levels, profile }: ExperimentCell,
  changed: ExperimentCell["levels"] = {},
): ScenarioConfig {
  const given: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries({ ...arm }).filter(([key]) => armFactors.includes(key))),
    ...levels,
    ...changed,
  };
  const config = scenarioConfigSchema.parse({ ...profile.settings, ...given });
  const meaningful = Object.entries(given).filter(([id]) => factorTable[id]?.means?.(config) ?? true);
  return scenarioConfigSchema.parse({ ...profile.settings, ...Object.fromEntries(meaningful) });
}
