import { configText } from "../stack/config.ts";
import type { PlannedDeployment } from "./deployments.ts";

/** Where a campaign deploys and publishes; absolute paths. */
export interface Place {
  hosts: string;
  results: string;
}

/**
 * The whole configuration of a deployment as a stack stores it: a text a key. Every key is set, so that neither the
 * project's defaults nor the scenario before reach into it; only the guest image is the project's.
 */
export const settingsOf = (
  { scenario, replicate, order }: PlannedDeployment,
  { hosts, results }: Place,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...scenario.config, replicate, order, hosts, resultsDirectory: results }).map(([key, value]) => [
      key,
      configText(value),
    ]),
  );
