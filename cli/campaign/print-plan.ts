import { resolve } from "node:path";
import { readInventory } from "../../infra/config/load.ts";
import { canonicalJson } from "../../lib/canonical.ts";
import { oneDecimal } from "../../lib/one-decimal.ts";
import { checkout } from "../../lib/paths.ts";
import type { FactorRow } from "../../study/factor.ts";
import { factorTable } from "../../study/factors.ts";
import { recordedIn } from "../../study/scenario.ts";
import { plannedDeployments } from "./deployments.ts";
import { estimatesFrom } from "./estimate.ts";
import { readExperiments } from "./experiment.ts";
import { campaignJournal } from "./journal.ts";
import { type PlanProgress, planText } from "./list.ts";
import { MeasuredRuns } from "./measured.ts";
import type { CampaignPlanOptions } from "./options.ts";
import { type CampaignPlan, planCampaign } from "./plan.ts";

/** What of a plan is measured, and how long each scenario takes. */
function progressOf({ scenarios, order }: CampaignPlan, runs: MeasuredRuns): PlanProgress {
  const deployments = plannedDeployments(scenarios, order.rule);
  const estimate = estimatesFrom(campaignJournal(runs.results, deployments).read(), deployments);
  const isDone = deployments.filter((deployment) => runs.missing(deployment).length === 0);
  return new Map(
    scenarios.map((scenario) => {
      const seconds = estimate({ scenario });
      const minutes = seconds === undefined ? null : oneDecimal(seconds / 60);
      return [scenario.hash, { done: isDone.filter((each) => each.scenario.hash === scenario.hash).length, minutes }];
    }),
  );
}

/** Keys of the factors in which each scenario differs from the one before it; the first one differs from nothing in all that it has. */
const changesIn = ({ scenarios }: CampaignPlan): string[][] =>
  scenarios.map(({ factors }, index) => {
    const before = scenarios[index - 1];
    const differs = (row: FactorRow) =>
      canonicalJson(recordedIn(before?.factors ?? {}, row) ?? null) !== canonicalJson(recordedIn(factors, row) ?? null);
    return Object.entries(factorTable).flatMap(([key, row]) => (differs(row) ? [key] : []));
  });

/** `./lab campaign plan`. @throws LabError (exit code 2) with what is wrong in options, experiments or hosts */
export async function printPlan(options: CampaignPlanOptions): Promise<void> {
  const inventory = options.hosts === undefined ? undefined : readInventory(resolve(checkout, options.hosts));
  const plan = planCampaign(readExperiments(options.experiments), { ...options, inventory });
  const runs = new MeasuredRuns(resolve(checkout, options.results));
  if (inventory) runs.refuseOtherFidelity(plannedDeployments(plan.scenarios, plan.order.rule), [inventory.fidelity]);
  const progress = progressOf(plan, runs);
  await runs.remember();
  if (!options.json) return void process.stdout.write(`${planText(plan, progress)}\n`);
  const changes = changesIn(plan);
  const scenarios = plan.scenarios.map((scenario, index) => ({
    ...scenario,
    changes: changes[index],
    ...progress.get(scenario.hash),
  }));
  process.stdout.write(`${JSON.stringify({ ...plan, scenarios })}\n`);
}
