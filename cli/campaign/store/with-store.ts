import { messageOf } from "../../../lib/errors.ts";
import { untilStored } from "../../bucket/until-stored.ts";
import type { CampaignSteps } from "../measure.ts";
import type { MeasuredRuns } from "../measured.ts";

/**
 * What deploys, where results are in a store as well: runs of a deployment that others have measured are here first, so that they are not
 * measured again; what was measured is brought there meanwhile.
 */
export function deployWithStore(
  deploy: CampaignSteps["deploy"],
  runs: MeasuredRuns,
  asked: AbortSignal,
  tell: (line: string) => void,
): CampaignSteps["deploy"] {
  const { store } = runs;
  if (store.address === undefined) return deploy;
  return async (deployment, onMending) => {
    const folders = runs.runsOf(deployment).map(({ folder }) => folder);
    await untilStored(() => store.fetch(folders), asked, tell);
    asked.throwIfAborted();
    try {
      return await deploy(deployment, onMending);
    } finally {
      // The next one is deployed meanwhile. What is left is brought at the end.
      store.bring().catch((error: unknown) => tell(messageOf(error)));
    }
  };
}
