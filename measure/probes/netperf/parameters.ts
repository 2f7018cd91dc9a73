import { z } from "zod";
import { LabError } from "../../../lib/errors.ts";
import type { TimedFactors } from "../../../study/terms.ts";

/** What a run's netperf is told. */
export const netperfParametersSchema = z.object({
  /** Of each of its tests. */
  seconds: z.int().min(1),
});
export type NetperfParameters = z.infer<typeof netperfParametersSchema>;

/** How long each test of a scenario runs, seconds. @throws LabError when the scenario asks for netperf and does not say */
export function secondsOfTests({ netperfSeconds }: TimedFactors): number {
  if (netperfSeconds === undefined) throw new LabError("the scenario has the probe netperf and no netperfSeconds");
  return netperfSeconds;
}
