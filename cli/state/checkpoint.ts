import { z } from "zod";

const list = z.array(z.unknown()).nullish();
const checkpointSchema = z.object({
  checkpoint: z.object({ latest: z.object({ resources: list, pending_operations: list }).nullish() }),
});

/**
 * How many resources a state tells of, those included that an operation was about to make when it was ended.
 * @param text as Pulumi keeps it
 * @throws Error where it is not understood
 */
export function resourcesIn(text: string): number {
  const { latest } = checkpointSchema.parse(JSON.parse(text)).checkpoint;
  return (latest?.resources?.length ?? 0) + (latest?.pending_operations?.length ?? 0);
}
