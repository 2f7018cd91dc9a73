import { type Deployed, driftOf, type MeasureDrift } from "../../measure/analysis/drift.ts";
import { pingRecord } from "../../measure/probes/ping/record.ts";
import { inspectRun } from "../../measure/results/token.ts";
import { mainMetric } from "../../study/metric-lists.ts";
import { medianRttOf } from "./summary.ts";

/**
 * How the median RTT drifted over a demo, whatever the driver.
 * @param measured folders of the runs, by driver; one that does not count is left out
 */
export function driftOfDemo(measured: Readonly<Record<string, readonly string[]>>): MeasureDrift {
  const deployments = Object.entries(measured).flatMap(([treatment, folders]) =>
    folders.flatMap((folder): Deployed[] => {
      const state = inspectRun(folder);
      if ("missing" in state) return [];
      const { replicate, started } = state.manifest;
      const value = medianRttOf(pingRecord(state.manifest));
      return [{ block: String(replicate), treatment, vms: `${treatment} ${replicate}`, started, value }];
    }),
  );
  return driftOf(deployments, mainMetric);
}
