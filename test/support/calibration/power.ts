import type { StudyRun } from "../../../measure/analysis/arms.ts";
import { checkClaims } from "../../../measure/analysis/claims/check.ts";
import type { Claim, Rule } from "../../../measure/analysis/claims/rules.ts";
import { compareDeployments, type FewReplicates } from "../../../measure/analysis/comparison.ts";
import { placed, studyDeployments } from "../../../measure/analysis/study-deployments.ts";
import { table3 } from "../../../measure/analysis/table3.ts";
import type { AnalysisUnit } from "../../../measure/analysis/unit.ts";
import { type Campaign, makeRuns, noDifference, type Source, type Truth } from "./campaign.ts";
import type { Noise } from "./noise.ts";

/** Two drivers in one scenario each: the least that an order can be tested on. */
const oneCell = (scenarios: readonly StudyRun[]) =>
  scenarios.filter(
    ({ arm, setting, ratePps }) => setting === "none" && ratePps === 1000 && (arm === "PCI" || arm === "MacVTap"),
  );

/** PCI's RTT is lower by so many spreads of a deployment. */
const lowerBy =
  (spreads: number, { deployment }: Noise): Truth =>
  (scenario, metric) =>
    noDifference(scenario, metric) * (metric === "rtt" && scenario.arm === "PCI" ? Math.exp(-spreads * deployment) : 1);

/** How often the two ways of a decision come. */
export interface Power {
  replicates: number;
  /** Difference in spreads of a deployment. */
  spreads: number;
  reproduced: number;
  /** By the number of parts of the claim, with the difference the other way round. */
  contradicted: Record<string, number>;
}

const order: Rule = { kind: "below", measure: "rtt", first: "PCI", second: "MacVTap", where: {} };
const partsTried = [1, 2, 4, 6];

/** A claim of so many rules, of which the data decide the first. */
const claimOf = (parts: number): Claim => {
  const other: Rule = { kind: "below", measure: "rtt", first: "PCI-BG", second: "E1000", where: {} };
  return { id: "P", section: "", claim: "", rules: [order, ...Array.from({ length: parts - 1 }, () => other)] };
};

/** How often an order of two drivers is found, by replicates and by the size of the difference. */
export function powerOf(
  campaign: Campaign,
  noise: Noise,
  replicates: number,
  spreads: number,
  datasets: number,
  source: Source,
): Power {
  const scenarios = oneCell(campaign.scenarios);
  const claims = partsTried.map(claimOf);
  const shares = (size: number, verdict: string) => {
    const found = partsTried.map(() => 0);
    for (let i = 0; i < datasets; i++) {
      const runs = makeRuns({ ...campaign, scenarios, replicates }, lowerBy(size, noise), noise, source, ["rtt"]);
      for (const [at, { evidence }] of checkClaims({ runs, fidelity: campaign.fidelity }, claims).entries())
        if (evidence[0]?.verdict === verdict) found[at] = (found[at] ?? 0) + 1;
    }
    return found.map((count) => count / datasets);
  };
  const contradicted = shares(-spreads, "contradicted");
  return {
    replicates,
    spreads,
    reproduced: shares(spreads, "reproduced")[0] ?? 0,
    contradicted: Object.fromEntries(partsTried.map((parts, at) => [parts, contradicted[at] ?? 0])),
  };
}

/** How often `compare` and `demo` tell two drivers apart whose RTTs differ by so many spreads of a deployment. */
export function toldApart(
  campaign: Campaign,
  noise: Noise,
  spreads: number,
  few: FewReplicates,
  datasets: number,
  source: Source,
): number {
  const scenarios = oneCell(campaign.scenarios);
  let found = 0;
  for (let i = 0; i < datasets; i++) {
    const runs = makeRuns({ ...campaign, scenarios }, lowerBy(spreads, noise), noise, source, ["rtt"]);
    const side = (arm: string) =>
      studyDeployments(runs)
        .filter(({ run }) => run.arm === arm)
        .map(placed);
    const { ratio } = compareDeployments(side("PCI"), side("MacVTap"), "rtt", few);
    if (ratio?.interval && (ratio.interval.high < 1 || ratio.interval.low > 1)) found++;
  }
  return found / datasets;
}

/** How often a row of Table 3 has p at most 0.05 where no driver differs, with deployments or runs for units. */
export function table3Errors(
  campaign: Campaign,
  noise: Noise,
  unit: AnalysisUnit,
  datasets: number,
  source: Source,
): number {
  const scenarios = oneCell(campaign.scenarios);
  let found = 0;
  for (let i = 0; i < datasets; i++) {
    const runs = makeRuns({ ...campaign, scenarios }, noDifference, noise, source, ["rtt"]);
    const row = table3(runs, unit).find(
      (one) => one.location === "none" && one.measure === "rtt" && one.first === "PCI" && one.second === "MacVTap",
    );
    if ((row?.pValue ?? 1) <= 0.05) found++;
  }
  return found / datasets;
}
