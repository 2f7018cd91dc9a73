import { join } from "node:path";
import { expect, it } from "vitest";
import { readExperiments } from "../../../cli/campaign/experiment.ts";
import { planText } from "../../../cli/campaign/list.ts";
import { planCampaign } from "../../../cli/campaign/plan.ts";

const experiments = ["baseline", "macvtap", "connection", "competition", "all", "location"];

it.each([
  ...experiments.flatMap((id) => ["paper", "emulated"].map((profile) => [id, profile])),
  ["competition", "virtual"],
])("the plan of %s in the profile %s", async (id, profile) => {
  const plan = planCampaign(readExperiments([id as string]), { profile: profile as string });
  await expect(`${planText(plan)}\n`).toMatchFileSnapshot(
    join(import.meta.dirname, "files", `${id}-${profile}.golden.txt`),
  );
});
