import { it } from "vitest";
import { expectCampaignToSurvive } from "../support/killed-campaign.ts";

it("a campaign that is killed at 20 moments ends with each run once", { timeout: 4 * 3_600_000 }, async () => {
  const words = ["drivers", "--profile", "emulated"];
  await expectCampaignToSurvive({ words, replicates: 2, runs: 2, kills: 20, within: [5, 120] });
});
