import { join } from "node:path";
import { LabError } from "../../lib/errors.ts";
import type { Manifest } from "../../measure/results/manifest.ts";
import { inspectRun, runFolder } from "../../measure/results/token.ts";
import type { PlannedDeployment } from "./deployments.ts";

const inspect = (results: string, { scenario, replicate }: PlannedDeployment) =>
  Array.from({ length: scenario.runs }, (_, index) => {
    const { name, hash, factors } = scenario;
    const folder = runFolder({ name, sha256: hash, factors }, replicate, index + 1);
    return { folder, state: inspectRun(join(results, folder), hash) };
  });

/**
 * Which runs of a deployment are not there, or do not count: a line each, with the folder and the reason. None: it is
 * measured.
 * @param results directory
 */
export const missingRuns = (results: string, deployment: PlannedDeployment): string[] =>
  inspect(results, deployment).flatMap(({ folder, state }) =>
    "missing" in state ? [`${folder}: ${state.missing}`] : [],
  );

/**
 * @throws LabError (exit code 2) when runs of these deployments were measured on servers of another fidelity: they
 * would be taken for runs of these servers
 */
export function refuseOtherFidelity(
  results: string,
  deployments: readonly PlannedDeployment[],
  fidelity: Manifest["fidelity"],
): void {
  for (const deployment of deployments)
    for (const { folder, state } of inspect(results, deployment))
      if ("manifest" in state && state.manifest.fidelity !== fidelity)
        throw new LabError(
          `--results ${JSON.stringify(results)} is not allowed: ${folder} there was measured on ${state.manifest.fidelity} servers, and these are ${fidelity}; allowed: another directory`,
          { exitCode: 2 },
        );
}
