import type { z } from "zod";
import { configSchema } from "../../infra/config/schema.ts";

/** What a stack's configuration says of a scenario; where it is deployed, and which time, comes when it is. */
export const scenarioConfigSchema = configSchema.omit({
  hosts: true,
  guestImage: true,
  resultsDirectory: true,
  replicate: true,
  order: true,
});
export type ScenarioConfig = z.infer<typeof scenarioConfigSchema>;
