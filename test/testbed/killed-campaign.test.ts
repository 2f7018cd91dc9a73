import { it } from "vitest";
import { expectToSurviveKills } from "../support/real-campaign.ts";

it("a campaign that is killed twice, with all that it started, ends with each run once", async () => {
  const words = ["drivers", "--profile", "emulated", "--only", "mainDriver=virtio-bridge"];
  await expectToSurviveKills({ words, replicates: 2, runs: 1 }, 2, [5, 60]);
});
