import { describe, expect, test } from "vitest";
import { isShown } from "../../../measure/analysis/claims/rules.ts";
import { studyClaims } from "../../../measure/analysis/claims/study.ts";
import { fewestReplicates } from "../../../measure/analysis/comparison.ts";
import { campaignOf, sourceOf } from "../../support/calibration/campaign.ts";
import { scenariosOf } from "../../support/calibration/edges.ts";
import { atEdges, largestShare, withoutDifference } from "../../support/calibration/errors.ts";
import { noises } from "../../support/calibration/noise.ts";
import { table3Errors, toldApart } from "../../support/calibration/power.ts";

/** Made-up campaigns of each kind, judged by the code that judges real ones; `./lab test soak` takes ten times as many. */
const datasets = 200;
const limit = largestShare(datasets);
const source = sourceOf(7);
/** As few deployments as can decide anything, of one run each: quick to make up. */
const small = { replicates: fewestReplicates, runs: 1 };
const rules = studyClaims.flatMap((claim) =>
  claim.rules
    .filter((rule) => !isShown(rule))
    .map((rule, place) => ({ name: `${claim.id}, rule ${place}`, claim, rule })),
);

describe("verdicts err in at most 5 %", () => {
  const paper = { ...campaignOf("paper"), ...small };

  test.each(rules)("on the paper's scenarios, at the edge of what it states: $name", ({ claim, rule }) => {
    const all = scenariosOf(rule, paper.scenarios);
    // Many cells are one number a replicate like few, and take long.
    const scenarios = all.length > 16 ? all.filter(({ vms }) => vms <= 8) : all;
    const rates = [noises.own, noises.heavyShared].map((noise) =>
      atEdges(claim, rule, { ...paper, scenarios }, noise, datasets / 2, source),
    );
    const edges = rates[0]?.map(
      (_, edge) => rates.reduce((sum, rate) => sum + (rate[edge]?.decided ?? 0), 0) / datasets,
    );
    expect(edges?.length).toBeGreaterThan(0);
    expect(Math.max(...(edges ?? [1]))).toBeLessThanOrEqual(limit);
  });

  test("on the emulated servers' campaign, where no driver differs: claims and rules", { timeout: 60_000 }, () => {
    const emulated = campaignOf("emulated");
    const scenarios = emulated.scenarios.filter(({ ratePps }) => ratePps === 1000);
    const found = [noises.own, noises.shared, noises.heavy, noises.heavyShared].map((noise) =>
      withoutDifference({ ...emulated, ...small, scenarios }, noise, datasets / 4, source),
    );
    for (const kind of ["claims", "rules"] as const) {
      const names = Object.keys(found[0]?.[kind] ?? {});
      expect(names.length).toBeGreaterThan(18);
      for (const name of names) {
        const decided = found.reduce((sum, one) => sum + (one[kind][name]?.decided ?? 0), 0);
        expect([name, decided / datasets <= limit]).toEqual([name, true]);
      }
    }
  });

  test.each([3, 4, 5])("in compare and demo with %i replicates, where logarithms are normal", (replicates) => {
    const share = toldApart(
      { ...campaignOf("emulated"), replicates, runs: 1 },
      noises.own,
      0,
      "student",
      datasets,
      source,
    );
    expect(share).toBeLessThanOrEqual(limit);
  });

  test("in Table 3 with deployments for units; with runs for units they err far more", () => {
    const campaign = { ...campaignOf("paper"), scenarios: paper.scenarios.filter(({ setting }) => setting === "none") };
    const errors = (unit: "deployment" | "run-median", replicates: number) =>
      table3Errors({ ...campaign, replicates, runs: 10 / replicates }, noises.own, unit, datasets, source);
    expect(errors("deployment", 10)).toBeLessThanOrEqual(limit);
    expect(errors("run-median", 1)).toBeGreaterThan(0.3);
  });
});

describe("no claim is decided", () => {
  test("by the paper's campaign as published, one deployment of ten runs", () => {
    const campaign = campaignOf("paper");
    expect([campaign.replicates, campaign.runs]).toEqual([1, 10]);
    const { claims, rules: ofRules } = withoutDifference(campaign, noises.own, 2, source);
    expect([...Object.values(claims), ...Object.values(ofRules)].filter(({ decided }) => decided > 0)).toEqual([]);
  });
});
