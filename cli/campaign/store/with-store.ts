import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../lib/errors.ts";
import { StoreError } from "../../bucket/store-error.ts";
import type { CampaignSteps } from "../measure.ts";
import type { MeasuredRuns } from "../measured.ts";

/** How often a store that does not answer is asked again, in milliseconds. */
const againMs = 5000;

/**
 * Does something with a store; again for as long as it does not answer and no end is asked for.
 * @param tell gets why it failed, each time
 * @returns whether it was done
 * @throws what fails otherwise
 */
export async function untilStored(
  body: () => Promise<void>,
  asked: AbortSignal,
  tell: (line: string) => void,
): Promise<boolean> {
  while (true) {
    try {
      await body();
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      tell(error.message);
    }
    if (asked.aborted) return false;
    await sleep(againMs, undefined, { signal: asked }).catch(() => {});
  }
}

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
