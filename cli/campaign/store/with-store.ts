import { messageOf } from "../../../lib/errors.ts";
import { untilStored } from "../../bucket/until-stored.ts";
import type { CampaignSteps } from "../measure.ts";
import type { MeasuredRuns } from "../measured.ts";

/** How old what is known of a store may be when a deployment is begun. */
const knownForMs = 10_000;

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
    // A deployment writes the state of its stack there, too: while the store is away none is begun.
    const prepare = async () => {
      await store.look(knownForMs);
      await store.fetch(folders);
    };
    await untilStored(prepare, asked, tell);
    asked.throwIfAborted();
    try {
      return await deploy(deployment, onMending);
    } finally {
      // The next one is deployed meanwhile. What is left is brought at the end.
      store.bring().catch((error: unknown) => tell(messageOf(error)));
    }
  };
}
