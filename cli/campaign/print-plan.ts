import { resolve } from "node:path";
import { readInventory } from "../../infra/config/load.ts";
import { checkout } from "../../lib/paths.ts";
import { readExperiments } from "./experiment.ts";
import { planText } from "./list.ts";
import type { CampaignPlanOptions } from "./options.ts";
import { planCampaign } from "./plan.ts";

/** `./lab campaign plan`. @throws LabError (exit code 2) with what is wrong in options, experiments or hosts */
export function printPlan(options: CampaignPlanOptions): void {
  const inventory = options.hosts === undefined ? undefined : readInventory(resolve(checkout, options.hosts));
  const plan = planCampaign(readExperiments(options.experiments), { ...options, inventory });
  process.stdout.write(`${options.json ? JSON.stringify(plan) : planText(plan)}\n`);
}
