import { canonicalJson } from "../../lib/canonical.ts";
import { oneDecimal } from "../../lib/one-decimal.ts";
import type { FactorRow } from "../../study/factor.ts";
import { factorTable } from "../../study/factors.ts";
import { recordedIn } from "../../study/scenario.ts";
import { progress } from "../progress.ts";
import { type Campaign, estimatesOf, namedCampaign } from "./campaign.ts";
import { type PlanProgress, planText } from "./list.ts";
import type { MeasuredRuns } from "./measured.ts";
import { areServersNamed, type CampaignPlanOptions } from "./options.ts";
import type { CampaignPlan } from "./plan.ts";
import { serversAt, serversIn } from "./servers.ts";
import { statusOf } from "./status.ts";
import { openRuns } from "./store/open-runs.ts";

/** What of a plan is measured, and how long each scenario takes. */
function progressOf(campaign: Campaign, runs: MeasuredRuns): PlanProgress {
  const entries = campaign.journal.read();
  const estimate = estimatesOf(campaign, entries);
  const status = statusOf(campaign, runs, entries, estimate);
  const done = new Map(status.scenarios.map((each) => [each.hash, each.done]));
  const planned = Map.groupBy(
    campaign.blocks.flatMap((block) => block.planned),
    ({ scenario }) => scenario.hash,
  );
  return new Map(
    campaign.plan.scenarios.map(({ hash }) => {
      const seconds = (planned.get(hash) ?? []).flatMap((each) => estimate(each) ?? []);
      const sum = seconds.reduce((total, each) => total + each, 0);
      const minutes = seconds.length === 0 ? null : oneDecimal(sum / seconds.length / 60);
      return [hash, { done: done.get(hash) ?? 0, minutes }];
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

/** `./lab campaign plan`. @throws LabError (exit code 2) with what is wrong in options, experiments, pairs or hosts */
export async function printPlan(options: CampaignPlanOptions): Promise<void> {
  const runs = await openRuns(options.results, { isSnapshot: true });
  const serversOf = options.pairs === undefined ? serversIn : serversAt;
  const campaign = namedCampaign(options, runs, (hosts) => (areServersNamed(options) ? serversOf(hosts) : undefined));
  for (const line of campaign.notes) progress.say(line);
  const howFar = progressOf(campaign, runs);
  await runs.remember();
  const { plan, pairs } = campaign;
  if (!options.json) return void process.stdout.write(`${planText(plan, howFar)}\n`);
  const changes = changesIn(plan);
  const scenarios = plan.scenarios.map((scenario, index) => ({
    ...scenario,
    changes: changes[index],
    ...howFar.get(scenario.hash),
  }));
  const ofPairs = options.pairs === undefined ? {} : { pairs };
  process.stdout.write(`${JSON.stringify({ ...plan, ...ofPairs, scenarios })}\n`);
}
