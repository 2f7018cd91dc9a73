import { it } from "vitest";
import { expectCampaignToSurvive } from "../support/killed-campaign.ts";

it("a campaign that is killed twice, with all that it started, ends with each run once", async () => {
  const words = ["drivers", "--profile", "emulated", "--only", "mainDriver=virtio-bridge"];
  await expectCampaignToSurvive({ words, replicates: 2, runs: 1, kills: 2, within: [5, 60] });
});
