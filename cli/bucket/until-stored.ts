import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "./store-error.ts";

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
