import { progress } from "../progress.ts";
import { estimatesOf, namedCampaign } from "./campaign.ts";
import type { CampaignPlanOptions } from "./options.ts";
import { serversAt } from "./servers.ts";
import { statusOf, statusText } from "./status.ts";
import { openRuns } from "./store/open-runs.ts";

/**
 * `./lab campaign status`: how far a campaign is, by its results and its journal. Nothing is touched.
 * @throws LabError (exit code 2) with what is wrong in options, experiments or hosts
 */
export async function printCampaignStatus(options: CampaignPlanOptions): Promise<void> {
  const runs = await openRuns(options.results, { isSnapshot: true });
  const campaign = namedCampaign(options, runs, serversAt);
  for (const line of campaign.notes) progress.say(line);
  const entries = campaign.journal.read();
  const status = statusOf(campaign, runs, entries, estimatesOf(campaign, entries));
  await runs.remember();
  process.stdout.write(`${options.json ? JSON.stringify(status) : statusText(status)}\n`);
}
