import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../../../lib/counted.ts";
import { LabError, messageOf } from "../../../lib/errors.ts";
import type { BlockQueue, WaitingBlock } from "./block-queue.ts";

/** How far a campaign is, as the queue has it. @param replicates in all */
export function queueText(unfinished: readonly WaitingBlock[], replicates: number): string {
  const underWay = unfinished.filter(({ isUnderWay }) => isUnderWay);
  const waiting = unfinished.filter(({ isUnderWay }) => !isUnderWay);
  const owners = [...new Set(waiting.flatMap(({ pair }) => (pair === undefined ? [] : [`pair ${pair}`])))];
  return [
    `${replicates - unfinished.length} of ${counted(replicates, "replicate")} done`,
    ...underWay.map(({ replicate, pair }) => `replicate ${replicate} on pair ${pair}`),
    ...(waiting.length > 0
      ? [`${waiting.length} in the queue${owners.length > 0 ? `, some for ${owners.join(" and ")} alone` : ""}`]
      : []),
  ].join("; ");
}

/** What is waited for, and how. */
export interface Wait {
  queue: Pick<BlockQueue, "unfinished">;
  /** Of the campaign. */
  name: string;
  replicates: number;
  asked: AbortSignal;
  /** Gets a line whenever something has changed. */
  say: (line: string) => void;
  everyMs: number;
}

/**
 * Waits until the queue has nothing of a campaign any more. A database that does not answer is asked again.
 * @throws LabError when an end is asked for: the queue keeps what is left
 */
export async function waitUntilDone({ queue, name, replicates, asked, say, everyMs }: Wait): Promise<void> {
  let told = "";
  while (true) {
    const unfinished = await queue.unfinished(name).catch((error) => messageOf(error));
    const line = typeof unfinished === "string" ? `the queue: ${unfinished}` : queueText(unfinished, replicates);
    if (line !== told) say(line);
    told = line;
    if (unfinished.length === 0 && typeof unfinished !== "string") return;
    if (asked.aborted)
      throw new LabError(
        `interrupted: ${line}. What is in the queue stays there, and workers go on with it; the same command waits for it again`,
      );
    await sleep(everyMs, undefined, { signal: asked }).catch(() => {});
  }
}
