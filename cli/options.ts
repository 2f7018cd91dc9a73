import type { z } from "zod";
import { configSchema } from "../infra/config/schema.ts";
import { LabError } from "../lib/errors.ts";
import type { pairKey } from "../study/terms.ts";

/** @throws LabError (exit code 2) that names an option, its value and what is allowed */
export const refuseOption = (option: string, value: string, allowed: string): never => {
  throw new LabError(`${option} ${JSON.stringify(value)} is not allowed; allowed: ${allowed}`, { exitCode: 2 });
};

type CountKey = "replicate" | "runs" | "packets" | typeof pairKey;

/** What a count may be: the limits of the key of a stack's configuration that it becomes. */
const limitsOf = (key: CountKey): z.ZodInt => configSchema.shape[key].unwrap();

/** A count as an option gives it. @throws LabError (exit code 2) with what the configuration allows */
export function parseCount(option: string, key: CountKey, text: string): number {
  const limits = limitsOf(key);
  const result = limits.safeParse(/^\d+$/.test(text) ? Number(text) : text);
  return result.success
    ? result.data
    : refuseOption(option, text, `a whole number, ${limits.minValue} to ${limits.maxValue}`);
}
