import type { Config } from "../../infra/config/schema.ts";
import type { Experiment, ExperimentArm, Profile } from "./experiment.ts";
import { type ScenarioConfig, scenarioConfigSchema } from "./scenario-config.ts";

/** One cell of an experiment's grid: an arm at one level of every factor. */
export interface ExperimentCell {
  experiment: Experiment;
  arm: ExperimentArm;
  profile: Profile;
  backgroundVms: number;
  loadType: Config["loadType"];
  loadLocation: Config["loadLocation"];
  pingRatePps: Config["pingRatePps"];
}

/** Every cell of an experiment's grid (3.1.2), also those that are one scenario because nobody competes in them. */
export function cellsOf(experiment: Experiment, profile: Profile): ExperimentCell[] {
  const { arms, loadTypes, loadLocations, pingRatesPps } = experiment;
  return arms.flatMap((arm) =>
    profile.backgroundVms.flatMap((backgroundVms) =>
      loadTypes.flatMap((loadType) =>
        loadLocations.flatMap((loadLocation) =>
          pingRatesPps.map((pingRatePps) => ({
            experiment,
            arm,
            profile,
            backgroundVms,
            loadType,
            loadLocation,
            pingRatePps,
          })),
        ),
      ),
    ),
  );
}

/** The configuration of a cell. Without background VMs, what means nothing is the schema's default, so that such cells are alike. */
export function configOf(cell: ExperimentCell, backgroundVms: number = cell.backgroundVms): ScenarioConfig {
  const { arm, loadType, loadLocation, pingRatePps } = cell;
  const competition = {
    backgroundDriver: arm.backgroundDriver,
    loadType,
    ...(loadType !== "none" && { loadLocation }),
  };
  return scenarioConfigSchema.parse({
    ...cell.profile.settings,
    mainDriver: arm.mainDriver,
    backgroundVms,
    ...(backgroundVms > 0 && competition),
    pingRatePps,
  });
}

/** The configuration as plan and scenario take it: where data goes and which deployment it is are nothing to them. */
export const forPlan = (config: ScenarioConfig): Omit<Config, "hosts"> => ({
  ...config,
  guestImage: "",
  resultsDirectory: "",
  replicate: 1,
});
